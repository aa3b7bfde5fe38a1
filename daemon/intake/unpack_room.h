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
  // The spool may hold so much (max_spool).
  explicit UnpackRoom(std::uint64_t most) : most_(most) {}

  [[nodiscard]] std::uint64_t most() const { return most_; }
  // What all others hold, as the io thread knows it.
  void others_hold(std::uint64_t bytes) { others_ = bytes; }

  // False, and nothing is taken, when it is more than there is room for.
  bool take(std::uint64_t bytes) {
    if (others_ + (taken_ += bytes) <= most_) return true;
    taken_ -= bytes;
    return false;
  }
  void give_back(std::uint64_t bytes) { taken_ -= bytes; }

  // These were accepted, with bytes that were taken: the io thread counts them from now on.
  void accepted(std::uint64_t submissions, std::uint64_t bytes) {
    submissions_ += submissions;
    bytes_ += bytes;
    taken_ -= bytes;
  }
  queue::Backlog newly_accepted() { return {submissions_.exchange(0), bytes_.exchange(0)}; }

 private:
  std::uint64_t most_;
  std::atomic<std::uint64_t> others_ = 0;
  std::atomic<std::uint64_t> taken_ = 0;
  std::atomic<std::uint64_t> submissions_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
};

}  // namespace dropload::intake
