#include <spdlog/spdlog.h>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "common/base/crash_point.h"
#include "daemon/run/actions.h"
#include "daemon/run/apply.h"
#include "daemon/run/firmly.h"
#include "daemon/schedule/outcome_lost.h"

namespace dropload::run {
namespace {

using queue::LostFate;
using queue::Store;

Result<queue::LostFacts> returned_facts(Store& store, queue::JobId id, Time now) {
  if (const auto noted = store.call_returned(id, now); !noted) return noted.error();
  return store.lost_facts(id);
}

schedule::LookAnswer look_of(target::LookResult result, schedule::OrganizationContext& memory) {
  if (auto* never = std::get_if<target::NeverSent>(&result)) return schedule::NotSeen{never->error.message};
  if (auto* refused = std::get_if<target::Refused>(&result)) return call_of(*refused);
  remember_answer(memory);
  if (auto* last = std::get_if<target::LastImport>(&result)) {
    return schedule::Seen{std::move(last->import), last->service_time, std::move(last->verbatim)};
  }
  return schedule::Seen{std::nullopt, std::nullopt, ""};
}

schedule::LostJob lost_job(const Context& context, queue::LostFacts facts) {
  schedule::LostJob job;
  job.facts = std::move(facts);
  job.earlier = schedule::earlier_import(job.facts);
  // A route that is gone from the config leaves the careful answers: append, hold.
  const auto route = context.routes.find(job.facts.parts.empty() ? "" : job.facts.parts.front().submission.route);
  if (route == context.routes.end()) return job;
  job.import_type = route->second.options.import_type;
  job.on_unknown = route->second.on_unknown_append;
  job.on_error = route->second.options.on_error;
  job.on_row_difference = route->second.on_row_difference;
  job.max_attempts = route->second.max_attempts;
  return job;
}

void log_settled(const queue::LostFacts& facts, const queue::LostEnd& end) {
  const auto* parts = std::get_if<std::vector<queue::PartSuccess>>(&end.what);
  if (parts != nullptr) {
    for (const auto& part : *parts) {
      spdlog::info("submission {}: {}, {} of {} rows are in. {}", part.submission, part.fails ? "failed" : "done",
                   part.rows.success, part.rows.total, part.reason);
    }
    return;
  }
  const bool is_held = std::holds_alternative<queue::Hold>(std::get<queue::AfterJob>(end.what));
  for (const auto& part : facts.parts) {
    spdlog::warn("submission {}: {}. {}", part.submission.id, is_held ? "held, a person must decide" : "waits again",
                 end.reason);
  }
}

http::Awaitable<void> apply_look(Context& context, queue::LostFacts facts, schedule::LookVerdict verdict) {
  const auto id = facts.job.id;
  if (verdict.pause) co_await apply_pause(context, facts.job.table.organization, *verdict.pause);
  Result<void> written;
  if (const auto* again = std::get_if<schedule::LookAgain>(&verdict.what)) {
    auto write = [id, wait = *again](Store& store) { return store.look_again(id, wait.answered, wait.at); };
    written = co_await firmly(context, std::move(write));
  } else {
    const auto end = std::get<queue::LostEnd>(std::move(verdict.what));
    auto write = [id, end, now = context.clock.now()](Store& store) { return store.settle_lost(id, end, now); };
    written = co_await firmly(context, std::move(write));
    if (written) log_settled(facts, end);
  }
  if (!written) spdlog::warn("submission {}: {}", facts.job.submission, written.error().message);
}

}  // namespace

http::Awaitable<void> look_for(Context& context, queue::Job job) {
  auto& organization = context.organizations.at(job.table.organization);
  auto result = co_await organization.target->last_import(job.table);
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  crash_point("looked");
  auto read = [id = job.id, now = context.clock.now()](Store& store) { return returned_facts(store, id, now); };
  auto facts = co_await firmly(context, std::move(read));
  if (!facts) {
    spdlog::error("submission {}: {}", job.submission, facts.error().message);
    co_return;
  }
  if (const auto* refusal = std::get_if<target::Refused>(&result)) {
    co_await slow_down_if_told(context, job.table.organization, *refusal);
  }
  const auto lost = lost_job(context, *facts);
  std::optional<target::Refused> refused;
  if (const auto* refusal = std::get_if<target::Refused>(&result)) refused = *refusal;
  const auto look = look_of(std::move(result), organization.memory);
  auto verdict = schedule::on_look(moment_now(context), lost, organization.memory, look);
  if (refused) remember(organization.memory, *refused, verdict.pause.has_value());
  co_await apply_look(context, std::move(*facts), std::move(verdict));
  crash_point("between-looks");
}

}  // namespace dropload::run
