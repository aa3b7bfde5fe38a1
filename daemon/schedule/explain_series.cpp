#include "daemon/schedule/explain_series.h"

#include <algorithm>

#include <fmt/format.h>

namespace dropload::schedule {
namespace {

// A person's pause keeps no batch back.
const queue::Pause* pause_of_service(const queue::Job& job, const queue::Snapshot& snapshot) {
  const auto found =
      std::ranges::find(snapshot.organizations, job.table.organization, &queue::OrganizationSnapshot::name);
  if (found == snapshot.organizations.end() || !found->pause || !found->pause->until) return nullptr;
  return &*found->pause;
}

std::string what_is_waited_for(const queue::Job& job, const queue::Snapshot& snapshot, Time now) {
  if (const auto* pause = pause_of_service(job, snapshot)) {
    auto reason = pause->reason.substr(0, pause->reason.find('\n'));
    if (reason.ends_with('.')) reason.pop_back();
    return fmt::format("waits because organization {} is paused ({}) until {}", job.table.organization, reason,
                       to_rfc3339(std::max(*pause->until, *job.next_batch_at)));
  }
  if (*job.next_batch_at > now) {
    const auto why = job.message.empty() ? "" : fmt::format(" ({})", job.message.substr(0, job.message.find('\n')));
    return fmt::format("waits until {}{}", to_rfc3339(*job.next_batch_at), why);
  }
  return "goes as soon as the service can be asked and the request budget has room";
}

}  // namespace

std::string explain_import(const queue::Job& job, const Look& look) {
  const bool is_configured = std::ranges::any_of(look.snapshot.organizations,
                                                 [&](const auto& one) { return one.name == job.table.organization; });
  if (job.state != queue::JobState::uploading || !job.next_batch_at || !is_configured) return explain(job, look);
  return fmt::format("It is being uploaded in batches as job {} since {}: {} {} taken, and the next one {}.", job.id,
                     to_rfc3339(job.started_at), job.batches, job.batches == 1 ? "is" : "are",
                     what_is_waited_for(job, look.snapshot, look.now));
}

}  // namespace dropload::schedule
