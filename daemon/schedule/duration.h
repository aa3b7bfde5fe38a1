#pragma once

// How long a job is likely to take, and so when to ask for it. Pure.
//
// A job of a table takes a time to start up and a time for each byte: a line, fitted to the jobs that ended, each of
// which counts nine tenths of the one after it. A table of which nothing is known is expected to be like the
// organization's others; the very first job of all takes `first_poll` and a second for each 4 MB.
//
// One slow job is no rule: a job counts with at most four times what was expected of it, or 5 s more if that is longer,
// so a service that has become slow is believed step by step. And a line is no word about sizes that were not seen:
// beyond the mean size and twice its deviation a byte takes at most four times what is known otherwise (of a table: by
// the organization's line; of an organization: by what is assumed).
//
// When to ask. A call costs budget and a late look costs a slot that stands idle. With 40 calls a minute and 5 slots
// every slot has a call each 7.5 s. While jobs take longer than the two calls that each of them needs (15 s), a look
// too many costs nothing: then the first look is at the expected end and half a mean deviation (two of three jobs are
// done by then, and a job waits for its look a small part of its time), and later ones come after half a deviation
// more, or half of what the job is over its time; where nothing is known, a sixth of the time it has taken. While jobs
// are shorter than that, a late look costs nothing once half of the budget is used up, since the next start waits for
// the budget anyhow: then the first look is at three deviations, and later ones come after `poll_every`. No wait
// between looks is longer than that, nor shorter than a tenth of it (a quarter, once half of the budget is used up),
// unless the end is expected to be further off.

#include <optional>

#include "common/base/clock.h"
#include "daemon/queue/durations.h"

namespace dropload::schedule {

struct PollSettings {
  Milliseconds first_poll{2'000};
  Milliseconds poll_every{10'000};
};

struct ExpectedDuration {
  Milliseconds time{0};
  Milliseconds deviation{0};  // the mean one
  bool known = false;         // learned, not only assumed
};
ExpectedDuration expected_duration(const queue::JobTiming& job, const PollSettings& settings);

// When to ask for a job, as of `now`: it has just been accepted, or was found to be running still. At most 5 minutes
// ahead, whatever is expected.
Time poll_at(const queue::JobTiming& job, const PollSettings& settings, Time now);

// How long the job took from its acceptance to its end, which `ended_at` tells by the service's clock. That clock may
// differ from ours: an end before the job was last seen running, or after now, cannot be. Then, as without `ended_at`,
// it is taken to have ended a tenth before what was expected, within what can be: should that be too early, the next
// look finds the job running and corrects it.
Milliseconds duration_of(const queue::JobTiming& job, const PollSettings& settings, std::optional<Time> ended_at,
                         Time now);

// What is known once a job with so many bytes has taken `took`, where `expected` was expected.
queue::LearnedDuration learn(const queue::LearnedDuration& before, std::uint64_t bytes, Milliseconds took,
                             const ExpectedDuration& expected);

}  // namespace dropload::schedule
