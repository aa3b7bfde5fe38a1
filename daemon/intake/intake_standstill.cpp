#include <spdlog/spdlog.h>

#include "daemon/intake/intake.h"

// What an intake knows of the disk, and says of it once.

namespace dropload::intake {

Result<void> Intake::check_disk(std::uint64_t bytes) {
  auto there = disk_.check(0);
  if (there && parts_.store.short_of_room()) {
    there = error(Errc::no_space,
                  "the disk of {} is full, and what is left of it is for what runs; make room, or raise the quota",
                  parts_.spool.directory().string());
  }
  if (!there) {
    margin_is_gone_ = true;
    stand_still(there.error());
    return there;
  }
  if (margin_is_gone_) go_on();
  // One that is too large for what is free is no reason to refuse others.
  return bytes == 0 ? there : disk_.check(bytes);
}

void Intake::stand_still(const Error& why) {
  if (!standstill_) {
    standstill_.emplace(Standstill{why.message, parts_.clock.now()});
    spdlog::warn(
        "no file is taken for now, on any route: {}. What runs goes on; intake tries again and again, and goes on by "
        "itself",
        why.message);
  }
  standstill_->reason = why.message;
}

void Intake::go_on() {
  margin_is_gone_ = false;
  if (!std::exchange(standstill_, std::nullopt)) return;
  spdlog::info("files are taken again");
}

// What was written finds out what the margin does not tell: a quota, a directory that may not be written to.
void Intake::note(const Result<queue::Submission>& accepted) {
  if (accepted) {
    go_on();
  } else if (accepted.error().code == Errc::no_space) {
    stand_still(accepted.error());
  }
}

const std::optional<Intake::Standstill>& Intake::standstill() {
  (void)check_disk(0);
  return standstill_;
}

}  // namespace dropload::intake
