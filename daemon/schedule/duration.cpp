#include "daemon/schedule/duration.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "common/zoho/limits.h"

namespace dropload::schedule {
namespace {

using queue::JobTiming;
using queue::LearnedDuration;

constexpr double kept_of_older = 0.9;
constexpr double assumed_ms_of_a_byte = 1.0 / 4'000;
constexpr double assumed_spread = 0.05;
constexpr Milliseconds longest_wait{300'000};
// 40 calls a minute and 5 slots: the time in which a slot's share is the two calls that a job needs.
constexpr Milliseconds two_calls_of_a_slot{15'000};

// Beyond the sizes that were seen a byte takes at most so many times what is known of it otherwise.
constexpr double most_of_otherwise = 4;
// A job counts with at most so many times what was expected of it, or so much more: one slow one is no rule.
constexpr int most_of_expected = 4;
constexpr Milliseconds most_over_expected{5'000};

struct Line {
  double start = 0;  // ms
  double ms_of_a_byte = 0;
  double seen = 0;  // the sizes that it was learned from end here
  const Line* otherwise = nullptr;

  [[nodiscard]] double at(double bytes) const {
    const double within = otherwise == nullptr ? bytes : std::min(bytes, seen);
    const double ms = start + ms_of_a_byte * within;
    if (bytes <= within) return ms;
    const double more = otherwise->at(bytes) - otherwise->at(within);
    return ms + std::min(ms_of_a_byte * (bytes - within), most_of_otherwise * more);
  }
};

// The line through what was learned. Files that are all of about one size do not tell its slope: a tenth of a doubling
// of the size must be seen before they weigh as much as what is known otherwise.
Line line_of(const LearnedDuration& learned, const Line& otherwise) {
  const double bytes = learned.bytes / learned.weight;
  const double ms = learned.ms / learned.weight;
  const double variance = std::max(learned.bytes_squared / learned.weight - bytes * bytes, 0.0);
  const double covariance = learned.bytes_ms / learned.weight - bytes * ms;
  const double doubt = std::max(bytes * bytes * 0.01, 1.0);
  Line line;
  line.ms_of_a_byte = (covariance + doubt * otherwise.ms_of_a_byte) / (variance + doubt);
  // Neither a start before the beginning nor more bytes in less time.
  line.ms_of_a_byte = std::clamp(line.ms_of_a_byte, 0.0, ms / std::max(bytes, 1.0));
  line.start = ms - line.ms_of_a_byte * bytes;
  line.seen = bytes + 2 * std::sqrt(variance);
  line.otherwise = &otherwise;
  return line;
}

Milliseconds rounded(double ms) {
  return Milliseconds{std::llround(ms)};
}

// The time from acceptance at which the job is asked for.
Milliseconds first_look(const JobTiming& job, const ExpectedDuration& expected, bool late_is_free) {
  if (!expected.known || job.in_batches) return expected.time;
  return expected.time + (late_is_free ? expected.deviation * 3 : expected.deviation / 2);
}

// The pace of later looks, unless the job is expected to be far from its end.
Milliseconds next_gap(const JobTiming& job, const ExpectedDuration& expected, const PollSettings& settings,
                      Milliseconds running_for) {
  const auto shortest = settings.poll_every / (job.budget_used > 0.5 ? 4 : 10);
  const auto over = expected.known ? (running_for - expected.time) / 2 : running_for / 6;
  return std::clamp(std::max(over, expected.deviation / 2), shortest, settings.poll_every);
}

}  // namespace

ExpectedDuration expected_duration(const JobTiming& job, const PollSettings& settings) {
  // Earlier batches were loaded while later ones were sent: the last one is what is waited for.
  const double bytes = static_cast<double>(job.in_batches ? std::min(job.bytes, zoho::max_file_bytes) : job.bytes);
  ExpectedDuration expected;
  const Line assumed{static_cast<double>(settings.first_poll.count()), assumed_ms_of_a_byte};
  std::array<Line, 2> lines;
  const Line* line = &assumed;
  double spread = assumed_spread;
  for (const auto* learned : {&job.organization, &job.table}) {
    if (learned->weight <= 0) continue;
    auto& next = learned == &job.table ? lines[1] : lines[0];
    next = line_of(*learned, *line);
    line = &next;
    spread = learned->spread;
    expected.known = true;
  }
  expected.time = rounded(line->at(bytes));
  expected.deviation = rounded(line->at(bytes) * spread);
  return expected;
}

Time poll_at(const JobTiming& job, const PollSettings& settings, Time now) {
  const auto expected = expected_duration(job, settings);
  const bool late_is_free = job.budget_used > 0.5 && expected.time < two_calls_of_a_slot;
  const auto shortest = settings.poll_every / 10;
  const auto running_for = now - job.sent_at;
  const auto look = std::min(first_look(job, expected, late_is_free), running_for + longest_wait);
  if (look >= running_for + shortest) return job.sent_at + look;
  if (running_for == Milliseconds{0}) return now + std::max(look, std::min(shortest, settings.first_poll));
  return now + (late_is_free ? settings.poll_every : next_gap(job, expected, settings, running_for));
}

Milliseconds duration_of(const JobTiming& job, const PollSettings& settings, std::optional<Time> ended_at, Time now) {
  const auto least = job.ran_at - job.sent_at;
  const auto most = std::max(now - job.sent_at, least);
  if (ended_at && *ended_at - job.sent_at >= least && *ended_at - job.sent_at <= most) return *ended_at - job.sent_at;
  return std::clamp(expected_duration(job, settings).time * 9 / 10, least, most);
}

LearnedDuration learn(const LearnedDuration& before, std::uint64_t bytes, Milliseconds took,
                      const ExpectedDuration& expected) {
  const double x = static_cast<double>(bytes);
  const auto most = std::max(expected.time * most_of_expected, expected.time + most_over_expected);
  const double y = static_cast<double>(std::max(std::min(took, most).count(), Milliseconds::rep{1}));
  LearnedDuration after;
  after.weight = before.weight * kept_of_older + 1;
  after.bytes = before.bytes * kept_of_older + x;
  after.ms = before.ms * kept_of_older + y;
  after.bytes_squared = before.bytes_squared * kept_of_older + x * x;
  after.bytes_ms = before.bytes_ms * kept_of_older + x * y;
  // The first one says nothing about how far others will be off.
  after.spread = assumed_spread;
  if (before.weight > 0) {
    const double time = static_cast<double>(std::max(expected.time.count(), Milliseconds::rep{1}));
    const double off = std::min(std::abs(y - time) / time, 1.0);
    after.spread = before.spread + (off - before.spread) / after.weight;
  }
  return after;
}

}  // namespace dropload::schedule
