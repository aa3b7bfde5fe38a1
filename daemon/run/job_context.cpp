#include "daemon/run/job_context.h"

#include "daemon/run/firmly.h"

namespace dropload::run {
namespace {

struct Facts {
  queue::Submission submission;
  std::size_t jobs = 0;
  bool newer_ran = false;
};

Result<Facts> read_facts(queue::Store& store, queue::SubmissionId id) {
  const auto submission = store.find(id);
  if (!submission) return submission.error();
  const auto jobs = store.jobs_of(id);
  if (!jobs) return jobs.error();
  const auto newer = store.newer_ran(id);
  if (!newer) return newer.error();
  return Facts{*submission, jobs->size(), *newer};
}

}  // namespace

http::Awaitable<Result<schedule::JobContext>> job_context(Context& context, queue::Job job) {
  auto read = [id = job.submission](queue::Store& store) { return read_facts(store, id); };
  const auto facts = co_await firmly(context, std::move(read));
  if (!facts) co_return facts.error();
  schedule::JobContext known;
  known.attempts = facts->submission.attempts;
  known.earlier_jobs = static_cast<int>(facts->jobs) - 1;
  known.newer_ran = facts->newer_ran;
  known.forgotten_at = job.forgotten_at;
  // A route that is gone from the config leaves the careful answers: append, hold.
  const auto route = context.routes.find(facts->submission.route);
  if (route != context.routes.end()) {
    known.import_type = route->second.options.import_type;
    known.on_unknown_append = route->second.on_unknown_append;
    known.max_attempts = route->second.max_attempts;
  }
  co_return known;
}

}  // namespace dropload::run
