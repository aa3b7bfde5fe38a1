#include "daemon/run/remember_duration.h"

#include <spdlog/spdlog.h>

namespace dropload::run {

std::optional<Lesson> lesson_of(const queue::JobTiming& timing, const zoho::JobDetails& details,
                                const schedule::PollSettings& settings, Time now) {
  if (details.code != zoho::JobCode::completed || timing.in_batches) return std::nullopt;
  std::optional<Time> ended_at;
  if (details.forgotten_at) ended_at = *details.forgotten_at - zoho::summary_kept_for;
  const auto took = schedule::duration_of(timing, settings, ended_at, now);
  // A table that is new is expected to be like the others: how far those differ is another matter than how far the jobs
  // of one table do.
  auto of_a_new_table = timing;
  of_a_new_table.table = {};
  return Lesson{
      schedule::learn(timing.table, timing.bytes, took, schedule::expected_duration(timing, settings)),
      schedule::learn(timing.organization, timing.bytes, took, schedule::expected_duration(of_a_new_table, settings))};
}

http::Awaitable<void> remember_duration(Context& context, queue::Job job, queue::JobTiming timing,
                                        zoho::JobDetails details) {
  const auto& outcome = context.settings.outcome;
  const auto lesson = lesson_of(timing, details, {outcome.first_poll, outcome.poll_every}, context.clock.now());
  if (!lesson) co_return;
  auto write = [id = job.id, lesson = *lesson](queue::Store& store) {
    return store.remember_durations(id, lesson.table, lesson.organization);
  };
  const auto written = co_await context.store.run(std::move(write));
  if (!written) spdlog::warn("how long job {} took is not remembered: {}", job.id, written.error().message);
}

}  // namespace dropload::run
