#pragma once

// How long a job is likely to take, and so when to ask for it. Pure.
//
// A job of a table takes a time to start up and a time for each byte: a line, fitted to the jobs that ended, each of
// which counts nine tenths of the one after it. A table of which nothing is known is expected to be like the
// organization's others; the very first job of all takes `first_poll` and a second for each 4 MB.
//
// When to ask. A call costs budget and a late look costs a slot that stands idle. With 40 calls a minute and 5 slots
// every slot has a call each 7.5 s: while jobs take longer than the two calls that each of them needs (15 s), a look
// too many costs nothing, and while they are shorter, a late look costs nothing, since the next start would wait for
// the budget anyhow. So the first look is at the expected end and one mean deviation (about four of five jobs are done
// by then, and a job waits for its look a twentieth of its time where jobs vary by as much); once half of the budget is
// used up, three deviations. Later looks come after one more deviation, or after half of what the job is over its time
// (where nothing is known, after a tenth of the time it has taken), at most after `poll_every` and at least after a
// tenth of that; once half of the budget is used up, after `poll_every`.

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
