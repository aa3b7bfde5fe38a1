#pragma once

// One expectation, held against what came: is the file that is due there, late, missing, far too small? Pure.
//
// A file counts for the time it was due that is nearest to when it was accepted, so one that is late stays that of its
// own day, and one that comes the evening before is that of the next. What was due before anybody expected it is not
// missed. Retries of earlier files, and contents that were skipped as duplicates, are no arrivals.

#include <map>
#include <optional>
#include <string>

#include "daemon/queue/expectation.h"
#include "daemon/queue/types.h"

namespace dropload::intake {

enum class Arrived {
  waiting = 1,  // nothing was due since it is expected
  in_time,
  late,
  small,  // only files that are far too small
  missing
};
std::string_view to_string(Arrived arrived);

struct Judgement {
  Arrived arrived = Arrived::waiting;
  std::optional<Time> due{};  // when what is judged was due
  Time next_due;
  std::optional<queue::SubmissionId> submission{};  // what came
  std::string sentence{};                           // for people

  bool operator==(const Judgement&) const = default;
};

class Expected {
 public:
  // Far too small is less than this share of what is usual: the median of the largest of each of the last ten times,
  // when there are three at least.
  static constexpr std::uint64_t small_share = 10;
  static constexpr std::size_t usual_of_least = 3;
  static constexpr std::size_t usual_of_most = 10;

  Expected(queue::Expectation expectation, Time since) : expectation_(std::move(expectation)), since_(since) {}

  // What came before this is of no interest at `now`.
  [[nodiscard]] Time looks_back_to(Time now) const;
  // In any order, and as often as one likes.
  void came(const queue::Arrival& arrival);
  [[nodiscard]] Judgement judged(Time now) const;
  [[nodiscard]] const queue::Expectation& expectation() const { return expectation_; }

 private:
  // What came for one time it was due.
  struct Lot {
    std::optional<queue::Arrival> largest{};
    std::optional<queue::Arrival> largest_in_time{};
  };
  [[nodiscard]] const Lot& lot_of(Time due) const;
  [[nodiscard]] std::uint64_t usual_before(Time due) const;
  [[nodiscard]] Judgement judged_when_due(Time due) const;

  queue::Expectation expectation_;
  Time since_;
  std::map<Time, Lot> lots_;
};

// The times at which it is due from `first` on, up to and with `last`, in order.
std::vector<Time> due_times(const queue::Expectation& expectation, Time first, Time last);

}  // namespace dropload::intake
