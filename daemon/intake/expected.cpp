#include "daemon/intake/expected.h"

#include <fnmatch.h>

#include <algorithm>

#include <fmt/format.h>

#include "common/base/local_time.h"

namespace dropload::intake {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds longer_than_a_week = 8 * 24h;

bool is_due_on(const queue::Expectation& expectation, std::chrono::local_days day) {
  return expectation.days.test(std::chrono::weekday(day).iso_encoding() - 1);
}

// REQUIRES: neither is empty around `time`: it is due once a week at least.
Time nearest_due(const queue::Expectation& expectation, Time time) {
  const auto times = due_times(expectation, time - longer_than_a_week, time + longer_than_a_week);
  return *std::ranges::min_element(times, {}, [time](Time due) { return std::chrono::abs(due - time); });
}

std::string how_long(Milliseconds duration) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(duration).count();
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return fmt::format("{} min", minutes);
  return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace

std::string_view to_string(Arrived arrived) {
  switch (arrived) {
    case Arrived::in_time:
      return "in time";
    case Arrived::late:
      return "late";
    case Arrived::small:
      return "too small";
    case Arrived::missing:
      return "missing";
    default:
      return "waiting";
  }
}

std::vector<Time> due_times(const queue::Expectation& expectation, Time first, Time last) {
  std::vector<Time> times;
  const auto end = local_day(last);
  for (auto day = local_day(first); day <= end; day += std::chrono::days(1)) {
    const Time due = at_local(day, expectation.by);
    if (is_due_on(expectation, day) && due >= first && due <= last) times.push_back(due);
  }
  return times;
}

Time Expected::looks_back_to(Time now) const {
  const auto times = due_times(expectation_, now - longer_than_a_week * static_cast<int>(usual_of_most + 2), now);
  const std::size_t wanted = usual_of_most + 2;
  return times.size() > wanted ? times[times.size() - wanted] : times.empty() ? now : times.front();
}

void Expected::came(const queue::Arrival& arrival) {
  if (arrival.is_retry || arrival.is_skipped) return;
  if (::fnmatch(expectation_.pattern.c_str(), arrival.file_name.c_str(), 0) != 0) return;
  const Time due = nearest_due(expectation_, arrival.at);
  Lot& lot = lots_[due];
  const auto is_larger = [&](const std::optional<queue::Arrival>& than) { return !than || arrival.size > than->size; };
  if (is_larger(lot.largest)) lot.largest = arrival;
  if (arrival.at <= due && is_larger(lot.largest_in_time)) lot.largest_in_time = arrival;
  while (lots_.size() > usual_of_most + 2) lots_.erase(lots_.begin());
}

const Expected::Lot& Expected::lot_of(Time due) const {
  static const Lot nothing;
  const auto found = lots_.find(due);
  return found == lots_.end() ? nothing : found->second;
}

// 0: not known.
std::uint64_t Expected::usual_before(Time due) const {
  std::vector<std::uint64_t> sizes;
  for (auto lot = lots_.lower_bound(due); lot != lots_.begin() && sizes.size() < usual_of_most;) {
    --lot;
    sizes.push_back(lot->second.largest->size);
  }
  if (sizes.size() < usual_of_least) return 0;
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  return *middle;
}

Judgement Expected::judged_when_due(Time due) const {
  const Lot& lot = lot_of(due);
  const std::uint64_t usual = usual_before(due);
  const std::uint64_t least = expectation_.least_bytes > 0 ? expectation_.least_bytes : usual / small_share;
  const auto is_enough = [least](const std::optional<queue::Arrival>& a) { return a && a->size >= least; };
  Judgement made;
  made.due = due;
  if (!lot.largest) {
    made.arrived = Arrived::missing;
    made.sentence = fmt::format("nothing has come that was due {}", to_local_minute(due));
    return made;
  }
  const auto& told = is_enough(lot.largest_in_time) ? *lot.largest_in_time : *lot.largest;
  made.submission = told.id;
  if (told.size < least) {
    made.arrived = Arrived::small;
    made.sentence = fmt::format(
        "submission {} of {} has {} bytes only; {}", told.id, to_local_minute(told.at), told.size,
        expectation_.least_bytes > 0 ? fmt::format("{} are the least", least) : fmt::format("{} are usual", usual));
  } else if (told.at <= due) {
    made.arrived = Arrived::in_time;
    made.sentence = fmt::format("submission {} came {}", told.id, to_local_minute(told.at));
  } else {
    made.arrived = Arrived::late;
    made.sentence =
        fmt::format("submission {} came {}, {} late", told.id, to_local_minute(told.at), how_long(told.at - due));
  }
  return made;
}

Judgement Expected::judged(Time now) const {
  const auto times = due_times(expectation_, now - longer_than_a_week, now + longer_than_a_week);
  const auto next = std::ranges::upper_bound(times, now);
  Judgement made;
  made.next_due = *next;
  auto coming = judged_when_due(*next);
  if (coming.arrived == Arrived::in_time) {
    made = std::move(coming);
  } else if (next != times.begin() && *std::prev(next) >= since_) {
    made = judged_when_due(*std::prev(next));
  } else {
    made.sentence = fmt::format("due {}", to_local_minute(*next));
  }
  made.next_due = *next;
  return made;
}

}  // namespace dropload::intake
