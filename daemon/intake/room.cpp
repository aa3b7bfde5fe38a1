#include "daemon/intake/room.h"

namespace dropload::intake {
namespace {

constexpr Milliseconds between_counts{1'000};

}  // namespace

bool Room::wants_count(std::uint64_t bytes, Time now) const {
  if (!counted_at_) return true;
  return refusal(bytes) && now - *counted_at_ >= between_counts;
}

void Room::counted(const queue::Backlog& backlog, Time now) {
  accepted_ = backlog;
  counted_at_ = now;
}

void Room::add(const queue::Backlog& accepted) {
  accepted_.submissions += accepted.submissions;
  accepted_.bytes += accepted.bytes;
}

std::optional<Error> Room::refusal(std::uint64_t bytes) const {
  if (accepted_.submissions + coming_.submissions >= limits_.submissions) {
    return error(Errc::unavailable,
                 "{} submissions are not finished, which is the most (max_waiting); see with 'dropload list' what they "
                 "wait for, or raise it",
                 accepted_.submissions + coming_.submissions);
  }
  if (accepted_.bytes + coming_.bytes + bytes > limits_.bytes) {
    return error(
        Errc::no_space,
        "the spool holds {} bytes of unfinished submissions, and {} more are over the limit of {} (max_spool); "
        "see with 'dropload list' what they wait for, or raise it",
        accepted_.bytes + coming_.bytes, bytes, limits_.bytes);
  }
  return std::nullopt;
}

Result<Room::Place> Room::admit(std::uint64_t bytes) {
  if (auto refused = refusal(bytes)) return *refused;
  return Place(*this, bytes);
}

Room::Place::Place(Room& room, std::uint64_t bytes) : room_(&room), bytes_(bytes) {
  ++room.coming_.submissions;
  room.coming_.bytes += bytes;
}

Room::Place::~Place() {
  if (room_ == nullptr) return;
  --room_->coming_.submissions;
  room_->coming_.bytes -= bytes_;
}

void Room::Place::accepted(std::uint64_t bytes) {
  ++room_->accepted_.submissions;
  room_->accepted_.bytes += bytes;
}

}  // namespace dropload::intake
