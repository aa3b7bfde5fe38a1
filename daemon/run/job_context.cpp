#include "daemon/run/job_context.h"

#include "daemon/run/firmly.h"

namespace dropload::run {
namespace {

schedule::JobContext context_of(const Context& context, const queue::Job& job, const queue::Carried& carried,
                                const queue::JobTiming& timing) {
  schedule::JobContext known;
  known.part = carried.part;
  known.records = carried.submission.records;
  known.attempts = carried.submission.attempts;
  known.earlier_jobs = carried.jobs - 1;
  known.newer_ran = carried.newer_ran;
  known.forgotten_at = job.forgotten_at;
  known.timing = timing;
  // A route that is gone from the config leaves the careful answers: append, hold.
  const auto route = context.routes.find(carried.submission.route);
  if (route != context.routes.end()) {
    known.import_type = route->second.options.import_type;
    known.on_unknown_append = route->second.on_unknown_append;
    known.on_error = route->second.options.on_error;
    known.on_row_difference = route->second.on_row_difference;
    known.max_attempts = route->second.max_attempts;
  }
  return known;
}

struct Facts {
  std::vector<queue::Carried> carried;
  queue::JobTiming timing;
  int no_slot_refusals = 0;
};

Result<Facts> read_facts(queue::Store& store, queue::JobId job, const std::string& organization,
                         const zoho::RequestLimits& limits, Time now) {
  // A result has come in, so the call has come back.
  if (const auto noted = store.call_returned(job, now); !noted) return noted.error();
  auto carried = store.carried_by(job);
  if (!carried) return carried.error();
  const auto timing = store.timing_of(job, limits, now);
  if (!timing) return timing.error();
  const auto strangers = store.strangers(organization);
  if (!strangers) return strangers.error();
  return Facts{std::move(*carried), *timing, *strangers ? (*strangers)->refusals : 0};
}

}  // namespace

http::Awaitable<Result<std::vector<schedule::JobContext>>> job_context(Context& context, queue::Job job) {
  const auto organization = context.organizations.find(job.table.organization);
  const auto limits =
      organization == context.organizations.end() ? zoho::RequestLimits{} : organization->second.limits.requests;
  auto read = [job, limits, now = context.clock.now()](queue::Store& store) {
    return read_facts(store, job.id, job.table.organization, limits, now);
  };
  const auto facts = co_await firmly(context, std::move(read));
  if (!facts) co_return facts.error();
  std::vector<schedule::JobContext> known;
  for (const auto& one : facts->carried) {
    known.push_back(context_of(context, job, one, facts->timing));
    known.back().no_slot_refusals = facts->no_slot_refusals;
  }
  if (known.empty()) co_return error(Errc::not_found, "there is no job {}", job.id);
  co_return known;
}

http::Awaitable<void> note_call_returned(Context& context, queue::JobId job) {
  auto note = [job, now = context.clock.now()](queue::Store& store) { return store.call_returned(job, now); };
  // Else it counts for longer than it must.
  (void)co_await firmly(context, std::move(note));
}

}  // namespace dropload::run
