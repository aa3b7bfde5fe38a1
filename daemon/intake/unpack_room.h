#pragma once

// What packages that are being unpacked take of the spool's room, of which nobody knows beforehand how much it will be.
// Any thread.

#include <atomic>
#include <cstdint>
#include <utility>

#include "daemon/queue/store.h"

namespace dropload::intake {

class UnpackRoom {
 public:
  // The spool may hold so many bytes (max_spool), of so many unfinished submissions (max_waiting).
  UnpackRoom(std::uint64_t most, std::uint64_t most_submissions) : most_(most), most_submissions_(most_submissions) {}

  [[nodiscard]] std::uint64_t most() const { return most_; }
  [[nodiscard]] std::uint64_t most_submissions() const { return most_submissions_; }
  // What all others hold, and what is coming, as the io thread knows it: of a package that comes, one submission.
  void others_hold(const queue::Backlog& backlog) {
    others_ = backlog.bytes;
    other_submissions_ = backlog.submissions;
  }

  // False, and nothing is taken, when it is more than there is room for.
  bool take(std::uint64_t bytes) {
    if (others_ + (taken_ += bytes) <= most_) return true;
    taken_ -= bytes;
    return false;
  }
  void give_back(std::uint64_t bytes) { taken_ -= bytes; }

  // The same of a member beside the package's first, which is the submission that was admitted.
  bool take_submission() {
    if (other_submissions_ + ++taken_submissions_ <= most_submissions_) return true;
    --taken_submissions_;
    return false;
  }
  void give_back_submissions(std::uint64_t submissions) { taken_submissions_ -= submissions; }

  // These were accepted, with what was taken for them: the io thread counts them from now on.
  void accepted(const queue::Backlog& members) {
    submissions_ += members.submissions;
    bytes_ += members.bytes;
    taken_submissions_ -= members.submissions;
    taken_ -= members.bytes;
  }
  queue::Backlog newly_accepted() { return {submissions_.exchange(0), bytes_.exchange(0)}; }

 private:
  std::uint64_t most_;
  std::uint64_t most_submissions_;
  std::atomic<std::uint64_t> others_ = 0;
  std::atomic<std::uint64_t> taken_ = 0;
  std::atomic<std::uint64_t> other_submissions_ = 0;
  std::atomic<std::uint64_t> taken_submissions_ = 0;
  std::atomic<std::uint64_t> submissions_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
};

}  // namespace dropload::intake
