#include <spdlog/spdlog.h>

#include "common/base/crash_point.h"
#include "common/base/text.h"
#include "common/http/on_pool.h"
#include "daemon/intake/retire.h"
#include "daemon/run/actions.h"
#include "daemon/run/firmly.h"

namespace dropload::run {
namespace {

using queue::Store;

Result<std::string> put_away(const Context& context, const queue::Submission& submission) {
  intake::RetireSettings settings;
  settings.archive = context.settings.archive;
  const auto route = context.routes.find(submission.route);
  settings.delete_when_done = route != context.routes.end() && route->second.delete_when_done;
  return intake::retire(context.spool, context.files, settings, submission, context.clock.now());
}

http::Awaitable<void> put_off(Context& context, queue::SubmissionId id, std::string why) {
  spdlog::warn("submission {}: its original stays in the spool: {}. It is tried again in {} s", id, why,
               context.settings.retire_again_after.count() / 1000);
  const Time now = context.clock.now();
  const Time at = now + context.settings.retire_again_after;
  auto write = [id, why, at, now](Store& store) { return store.retire_later(id, why, at, now); };
  (void)co_await firmly(context, std::move(write));
}

}  // namespace

http::Awaitable<void> retire(Context& context, queue::SubmissionId id) {
  const auto submission = co_await context.store.run([id](Store& store) { return store.find(id); });
  if (!submission || !queue::is_final(submission->state) || submission->retired_to) co_return;
  crash_point("before-retire");
  auto work = [&] { return put_away(context, *submission); };
  const auto placed = co_await on_pool(context.pool, std::move(work));
  if (!placed) {
    co_await put_off(context, id, placed.error().message);
    co_return;
  }
  crash_point("original-placed");
  auto write = [id, to = *placed, now = context.clock.now()](Store& store) { return store.mark_retired(id, to, now); };
  const auto written = co_await firmly(context, std::move(write));
  if (!written) spdlog::warn("submission {}: {}", id, written.error().message);
  crash_point("retired");
  // What is left of the entry is of no use any more; if this fails, the next start removes it.
  (void)context.spool.remove_entry(id);
}

}  // namespace dropload::run
