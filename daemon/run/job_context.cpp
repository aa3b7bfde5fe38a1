#include "daemon/run/job_context.h"

#include "daemon/run/firmly.h"

namespace dropload::run {
namespace {

schedule::JobContext context_of(const Context& context, const queue::Job& job, const queue::Carried& carried) {
  schedule::JobContext known;
  known.part = carried.part;
  known.records = carried.submission.records;
  known.attempts = carried.submission.attempts;
  known.earlier_jobs = carried.jobs - 1;
  known.newer_ran = carried.newer_ran;
  known.forgotten_at = job.forgotten_at;
  // A route that is gone from the config leaves the careful answers: append, hold.
  const auto route = context.routes.find(carried.submission.route);
  if (route != context.routes.end()) {
    known.import_type = route->second.options.import_type;
    known.on_error = route->second.options.on_error;
    known.on_unknown_append = route->second.on_unknown_append;
    known.on_row_difference = route->second.on_row_difference;
    known.max_attempts = route->second.max_attempts;
  }
  return known;
}

}  // namespace

http::Awaitable<Result<std::vector<schedule::JobContext>>> job_context(Context& context, queue::Job job) {
  auto read = [id = job.id](queue::Store& store) { return store.carried_by(id); };
  const auto carried = co_await firmly(context, std::move(read));
  if (!carried) co_return carried.error();
  std::vector<schedule::JobContext> known;
  for (const auto& one : *carried) known.push_back(context_of(context, job, one));
  if (known.empty()) co_return error(Errc::not_found, "there is no job {}", job.id);
  co_return known;
}

}  // namespace dropload::run
