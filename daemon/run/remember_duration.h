#pragma once

// How long a job took, for the polls of those to come.

#include "daemon/run/context.h"

namespace dropload::run {

// Learns from a job that was completed and went in one piece; from others there is nothing to learn. A failure of the
// store is said and otherwise ignored: nothing depends on it but when the next jobs are asked for.
http::Awaitable<void> remember_duration(Context& context, queue::Job job, queue::JobTiming timing,
                                        zoho::JobDetails details);

// The two that the store is to remember then: of the table and of the organization. Nothing: nothing is learned.
struct Lesson {
  queue::LearnedDuration table;
  queue::LearnedDuration organization;
};
std::optional<Lesson> lesson_of(const queue::JobTiming& timing, const zoho::JobDetails& details,
                                const schedule::PollSettings& settings, Time now);

}  // namespace dropload::run
