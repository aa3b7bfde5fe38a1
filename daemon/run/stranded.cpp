#include "daemon/run/stranded.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "daemon/run/firmly.h"

namespace dropload::run {
namespace {

http::Awaitable<Result<void>> hold_queued_of(Context& context, std::string name) {
  const auto reason = fmt::format("Its organization '{}' is not in the configuration any more.", name);
  const std::string advice =
      "Put the organization back, or give it its old name, and send it with `dropload release ID`; or end it with "
      "`dropload discard ID`.";
  int all = 0;
  for (;;) {
    auto hold = [name, reason, advice, now = context.clock.now()](queue::Store& store) {
      return store.hold_queued_of(name, reason, advice, now);
    };
    const auto held = co_await firmly(context, std::move(hold));
    if (!held) co_return held.error();
    if (*held == 0) break;
    all += *held;
  }
  if (all > 0) spdlog::warn("{} submission(s) held. {} {}", all, reason, advice);
  co_return Result<void>{};
}

}  // namespace

http::Awaitable<Result<void>> hold_stranded(Context& context) {
  auto read = [](queue::Store& store) { return store.organizations(); };
  const auto names = co_await firmly(context, std::move(read));
  if (!names) co_return names.error();
  for (const auto& name : *names) {
    if (context.organizations.contains(name)) continue;
    const auto held = co_await hold_queued_of(context, name);
    if (!held) co_return held.error();
    auto count = [name](queue::Store& store) { return store.running_jobs_of(name); };
    const auto running = co_await firmly(context, std::move(count));
    if (!running) co_return running.error();
    if (*running > 0) {
      spdlog::warn(
          "organization {} is not in the configuration any more, and {} of its jobs are running: their results are "
          "read "
          "when it is back, and the service keeps them for one hour. If it has a new name, the slots of these jobs and "
          "its calls of the last minute do not count for that: give it its old name back until they have ended",
          name, *running);
    }
  }
  co_return Result<void>{};
}

}  // namespace dropload::run
