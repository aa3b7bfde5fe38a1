#include "daemon/cli/progress.h"

namespace dropload::cli {
namespace {

// Back to the line's beginning, and away with what stood there.
constexpr const char* clear_line = "\r\x1b[K";

}  // namespace

Progress::~Progress() {
  if (!shown_.empty()) out_ << clear_line << std::flush;
}

void Progress::now(const std::string& text) {
  if (to_ != To::terminal || text == shown_) return;
  out_ << clear_line << text << std::flush;
  shown_ = text;
}

void Progress::say(const std::string& text) {
  if (to_ == To::nobody) return;
  if (!shown_.empty()) out_ << clear_line;
  out_ << text << "\n" << std::flush;
  shown_.clear();
}

}  // namespace dropload::cli
