#include "daemon/systemd.h"

#include <algorithm>

#include <systemd/sd-daemon.h>

namespace dropload::systemd {
namespace {

constexpr int keep_environment = 0;

}  // namespace

void ready() {
  ::sd_notify(keep_environment, "READY=1");
}

void status(std::string text) {
  // Each line of a message is an assignment of its own, so a line break in the text could say READY=1.
  std::ranges::replace(text, '\n', ' ');
  ::sd_notify(keep_environment, ("STATUS=" + text).c_str());
}

void stopping() {
  ::sd_notify(keep_environment, "STOPPING=1");
}

}  // namespace dropload::systemd
