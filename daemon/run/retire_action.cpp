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

struct PutAway {
  std::string to;
  queue::KeptStamps stamps;
};

intake::RetireSettings settings_for(const Context& context, const std::string& route_name) {
  intake::RetireSettings settings;
  settings.archive = context.settings.archive;
  const auto route = context.routes.find(route_name);
  settings.delete_when_done = route != context.routes.end() && route->second.delete_when_done;
  return settings;
}

Result<PutAway> put_away(Context& context, const queue::Submission& submission) {
  const auto settings = settings_for(context, submission.route);
  const bool is_deleted = settings.delete_when_done && submission.state == queue::SubmissionState::done;
  if (!is_deleted) {
    auto out = intake::bring_out_body(context.store, context.spool, context.files, submission.id);
    if (!out) return out.error();
  }
  PutAway placed;
  auto to = intake::retire(context.spool, context.files, settings, submission, context.clock.now(), "", &placed.stamps);
  if (!to) return to.error();
  placed.to = std::move(*to);
  return placed;
}

http::Awaitable<void> put_off(Context& context, queue::Submission submission, std::string why) {
  const auto id = submission.id;
  // Once for each reason: a directory that may not be written to would fill the log.
  if (submission.retire_trouble != why) {
    spdlog::warn("submission {}: its original stays in the spool: {}. It is tried again every {} s", id, why,
                 context.settings.retire_again_after.count() / 1000);
  }
  const Time now = context.clock.now();
  const Time at = now + context.settings.retire_again_after;
  auto write = [id, why, at, now](Store& store) { return store.retire_later(id, why, at, now); };
  (void)co_await firmly(context, std::move(write));
}

Result<PutAway> put_package_away(const Context& context, const queue::Package& package,
                                 const std::vector<queue::Submission>& members) {
  PutAway placed;
  auto to = intake::retire_package(context.spool, context.files, settings_for(context, package.route), package, members,
                                   context.clock.now(), &placed.stamps);
  if (!to) return to.error();
  placed.to = std::move(*to);
  return placed;
}

// Of the last member of a package, which lies at `placed`: the package goes first, so that whatever happens on the way
// the member brings us here again.
http::Awaitable<Result<void>> retire_package_before(Context& context, queue::SubmissionId id, std::string placed) {
  auto find = [id](Store& store) { return store.package_before(id); };
  const auto package = co_await context.store.run(std::move(find));
  if (!package) co_return package.error();
  if (!*package) co_return Result<void>();
  auto read = [number = (*package)->id](Store& store) { return store.members_of(number); };
  auto members = co_await context.store.run(std::move(read));
  if (!members) co_return members.error();
  for (auto& member : *members) {
    if (member.id == id) member.retired_to = placed;
  }
  auto work = [&] { return put_package_away(context, **package, *members); };
  const auto place = co_await on_pool(context.pool, std::move(work));
  if (!place) co_return place.error();
  crash_point("package-placed");
  auto write = [number = (*package)->id, put_away = *place, now = context.clock.now()](Store& store) {
    auto marked = store.mark_package_retired(number, put_away.to);
    return marked ? queue::remember_kept_package(store, number, put_away.stamps, now) : marked;
  };
  const auto written = co_await firmly(context, std::move(write));
  if (!written) co_return written.error();
  crash_point("package-retired");
  (void)context.spool.remove_entry((*package)->id);
  co_return Result<void>();
}

}  // namespace

http::Awaitable<void> retire(Context& context, queue::SubmissionId id) {
  const auto submission = co_await context.store.run([id](Store& store) { return store.find(id); });
  if (!submission || !queue::is_final(submission->state) || submission->retired_to) co_return;
  crash_point("before-retire");
  auto work = [&] { return put_away(context, *submission); };
  const auto placed = co_await on_pool(context.pool, std::move(work));
  if (!placed) {
    co_await put_off(context, *submission, placed.error().message);
    co_return;
  }
  crash_point("original-placed");
  auto write = [id, put_away = *placed, now = context.clock.now()](Store& store) {
    auto marked = store.mark_retired(id, put_away.to, now);
    return marked ? queue::remember_kept(store, id, put_away.stamps, now) : marked;
  };
  auto written = co_await firmly(context, write);
  if (!written && written.error().code == Errc::stale && submission->is_member()) {
    const auto package = co_await retire_package_before(context, id, placed->to);
    if (!package) {
      co_await put_off(context, *submission,
                       fmt::format("its package is to be put away first, and {}", package.error().message));
      co_return;
    }
    written = co_await firmly(context, write);
  }
  if (!written) spdlog::warn("submission {}: {}", id, written.error().message);
  crash_point("retired");
  // What is left of the entry is of no use any more; if this fails, the next start removes it.
  (void)context.spool.remove_entry(id);
}

}  // namespace dropload::run
