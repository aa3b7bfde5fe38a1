#include "common/base/crash_point.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

#include <unistd.h>

namespace dropload {
namespace {

struct Wanted {
  std::string name;
  std::atomic<int> times_left{0};

  Wanted() {
    const char* variable = std::getenv("DROPLOAD_CRASH_AT");
    if (variable == nullptr) return;
    const std::string text = variable;
    const auto colon = text.find(':');
    name = text.substr(0, colon);
    times_left = colon == std::string::npos ? 1 : std::atoi(text.c_str() + colon + 1);
  }
};

}  // namespace

void crash_point(std::string_view name) {
  static Wanted wanted;
  if (wanted.name.empty() || wanted.name != name) return;
  if (--wanted.times_left == 0) {
    ::kill(::getpid(), SIGKILL);
    ::pause();
  }
}

}  // namespace dropload
