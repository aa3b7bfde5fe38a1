#pragma once

// How many submissions may be unfinished at once, and how many bytes of them the spool may hold. Finished ones are
// known to the store only, so what is counted here is too much rather than too little, and is counted anew when it
// seems full. One io thread.

#include <cstdint>
#include <optional>
#include <utility>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "daemon/queue/store.h"

namespace dropload::intake {

struct RoomLimits {
  std::uint64_t submissions = 100'000;
  std::uint64_t bytes = 20ull * 1024 * 1024 * 1024;
  std::uint64_t keep_free = 0;  // of the disk: see DiskRoom
};

class Room {
 public:
  explicit Room(RoomLimits limits) : limits_(limits) {}

  // Is it to be counted before `admit`? At most once a second.
  [[nodiscard]] bool wants_count(std::uint64_t bytes, Time now) const;
  void counted(const queue::Backlog& backlog, Time now);

  // Room for one submission that is coming; gives it back unless it was accepted.
  class Place {
   public:
    Place(Room& room, std::uint64_t bytes);
    Place(Place&& other) noexcept : room_(std::exchange(other.room_, nullptr)), bytes_(other.bytes_) {}
    ~Place();
    void accepted(std::uint64_t bytes);

   private:
    Room* room_;
    std::uint64_t bytes_;
  };
  // More than was thought has been accepted: the members of a package.
  void add(const queue::Backlog& accepted);
  // What was accepted and what is coming.
  [[nodiscard]] queue::Backlog all() const {
    return {accepted_.submissions + coming_.submissions, accepted_.bytes + coming_.bytes};
  }
  // unavailable: too many submissions; no_space: too many bytes; with the key to raise.
  Result<Place> admit(std::uint64_t bytes);

 private:
  [[nodiscard]] std::optional<Error> refusal(std::uint64_t bytes) const;

  RoomLimits limits_;
  queue::Backlog accepted_;
  queue::Backlog coming_;
  std::optional<Time> counted_at_;
};

}  // namespace dropload::intake
