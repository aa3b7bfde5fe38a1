#include "daemon/schedule/explain.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dropload::schedule {
namespace {

using queue::Job;
using queue::JobState;
using queue::OrganizationSnapshot;
using queue::Standing;
using queue::Submission;

// What keeps the one whose turn it is from being started, as what can follow "it" or "submission 12": "waits for …".
// A rule that does not keep it back has nothing to say.
using Clause = std::optional<std::string>;

std::string at(Time time) {
  return to_rfc3339(time);
}

// Reasons are sentences of their own; inside of ours they go into brackets.
std::string in_brackets(std::string reason) {
  reason = reason.substr(0, reason.find('\n'));
  if (reason.ends_with('.')) reason.pop_back();
  return reason.empty() ? "" : fmt::format(" ({})", reason);
}

std::string until(const std::optional<Time>& time) {
  return time ? fmt::format("until {}, when it is tried again", at(*time)) : "until a person resumes it";
}

Clause table_is_lost(const Job& job) {
  return fmt::format(
      "waits for its table: nobody knows whether job {} of submission {} still runs at the service, and by {} it "
      "cannot "
      "any more",
      job.id, job.submission, at(job.holds_slot_until.value_or(Time{})));
}

Clause table_is_busy(const Standing& standing) {
  if (standing.parallel || standing.jobs.empty()) return {};
  const Job& job = standing.jobs.front();
  if (job.state == JobState::lost) return table_is_lost(job);
  return fmt::format("waits for its table, which job {} of submission {} has had since {}", job.id, job.submission,
                     at(job.started_at));
}

Clause route_is_paused(const Standing& standing) {
  if (!standing.route_pause) return {};
  return fmt::format("waits because route {} is paused{} {}", standing.head_route,
                     in_brackets(standing.route_pause->reason), until(standing.route_pause->until));
}

Clause organization_is_paused(const OrganizationSnapshot& organization) {
  if (!organization.pause) return {};
  return fmt::format("waits because organization {} is paused{} {}", organization.name,
                     in_brackets(organization.pause->reason), until(organization.pause->until));
}

Clause waits_for_a_time(const std::string& reason, const std::optional<Time>& time, Time now) {
  if (!time || *time <= now) return {};
  return fmt::format("waits until {}, when it is sent again{}", at(*time), in_brackets(reason));
}

bool is_started(const Plan& plan, queue::SubmissionId id) {
  return std::ranges::any_of(plan.actions, [id](const Action& action) {
    const auto* start = std::get_if<StartJob>(&action);
    return start != nullptr && start->submission == id;
  });
}

std::string held_slots(const OrganizationSnapshot& organization) {
  return fmt::format("{} held by running or lost jobs, {} by uploads", organization.slots_held - organization.uploading,
                     organization.uploading);
}

// Lines that go before it whenever there is room.
std::string who_is_first(const Standing& standing, const OrganizationSnapshot& organization) {
  const bool any =
      std::ranges::any_of(organization.ready, [&](const auto& c) { return c.priority > standing.priority; });
  return any ? "; files of a higher priority go first" : "";
}

Clause strangers_hold_slots(const OrganizationSnapshot& organization, const std::string& first) {
  const auto& known = *organization.strangers;
  const auto ours = known.ours == 0 ? "for us" : fmt::format("beside our {}", known.ours);
  const auto told = known.refusals == 0 ? fmt::format("others have some, and at {} there was room for {} of ours",
                                                      at(known.told_at), known.ours)
                                        : fmt::format("at {} the service had none left {}, others had {}",
                                                      at(known.told_at), ours, known.others(known.ours));
  return fmt::format("waits for a slot of organization {}: {}; {} is tried{} at {}{}{}", organization.name, told,
                     known.ours == 0 ? "it" : "one more", known.ours == 0 ? " again" : "", at(known.probe_at),
                     organization.slots_held > 0 ? ", or when one of ours ends" : "", first);
}

Clause budget_is_used_up(const Standing& standing, const Standstill& found, const OrganizationSnapshot& organization,
                         const Look& look) {
  auto before = fmt::format("{}", fmt::join(found.before, ", "));
  if (!before.empty()) before = fmt::format(", after the next of organization {} of the same account", before);
  const auto room = fmt::format("waits for the request budget of organization {}, which has room at {} at the earliest",
                                organization.name, at(found.until.value_or(look.now)));
  if (found.next == standing.head) return room + before;
  return fmt::format("{} for the next file{}: it is started when it is its turn{}", room, before,
                     who_is_first(standing, organization));
}

Clause no_more_is_started(const Standing& standing, const OrganizationSnapshot& organization, const Look& look) {
  const auto found = look.plan.standstills.find(organization.name);
  if (found == look.plan.standstills.end()) return {};
  const auto first = who_is_first(standing, organization);
  switch (found->second.why) {
    case Standstill::Why::paused:
      return organization_is_paused(organization);
    case Standstill::Why::slots:
      return fmt::format(
          "waits for one of the {} slots of organization {} ({}): it is started when a job ends and it is "
          "its turn{}",
          look.settings.at(organization.name).max_jobs, organization.name, held_slots(organization), first);
    case Standstill::Why::strangers:
      return strangers_hold_slots(organization, first);
    case Standstill::Why::probing:
      return fmt::format(
          "waits for the one upload that finds out whether organization {} can be reached and has a free slot{}",
          organization.name, first);
    case Standstill::Why::budget:
      return budget_is_used_up(standing, found->second, organization, look);
  }
  return {};
}

const OrganizationSnapshot* organization_of(const queue::TableKey& table, const queue::Snapshot& snapshot) {
  const auto found = std::ranges::find(snapshot.organizations, table.organization, &OrganizationSnapshot::name);
  return found == snapshot.organizations.end() ? nullptr : &*found;
}

// The rules in the order in which one asks them.
std::string what_keeps_the_head(const Standing& standing, const OrganizationSnapshot& organization, const Look& look) {
  if (auto clause = table_is_busy(standing)) return *clause;
  if (auto clause = route_is_paused(standing)) return *clause;
  if (auto clause = organization_is_paused(organization)) return *clause;
  if (auto clause = waits_for_a_time(standing.head_reason, standing.head_at, look.now)) return *clause;
  if (is_started(look.plan, standing.head)) return "is started now";
  if (auto clause = no_more_is_started(standing, organization, look)) return *clause;
  return "is started now";
}

std::string place_behind(const Standing& standing) {
  if (standing.ahead <= 1) return "";
  if (standing.ahead >= queue::most_counted_ahead) {
    return fmt::format(" (and {} or more in between)", queue::most_counted_ahead - 1);
  }
  return fmt::format(" (and {} in between)", standing.ahead - 1);
}

bool is_over(const Job& job) {
  return job.state == JobState::succeeded || job.state == JobState::failed;
}

// Of a job whose organization is not in the configuration.
std::string nobody_follows(const Job& job, Time now) {
  const auto gone = fmt::format("its organization {} is not in the configuration.", job.table.organization);
  if (job.state != JobState::running) {
    return fmt::format("Nobody follows its job {}: {} Put it back to have it followed to its end.", job.id, gone);
  }
  const bool in_time = job.forgotten_at && *job.forgotten_at > now;
  return fmt::format(
      "The service took it as job {} at {}, and nobody asks what became of it: {} Put it back{} to have it followed to "
      "its end.",
      job.remote_id.value_or("?"), at(job.sent_at.value_or(job.started_at)), gone,
      in_time ? fmt::format(" by {}, when the service forgets the result,", at(*job.forgotten_at)) : "");
}

}  // namespace

std::string explain(const Submission& submission, const Standing& standing, const Look& look) {
  const auto* organization = organization_of(submission.table, look.snapshot);
  if (organization == nullptr) {
    return fmt::format("It waits for its organization {}, which is not in the configuration.",
                       submission.table.organization);
  }
  if (standing.head == submission.id) {
    return fmt::format("It {}.", what_keeps_the_head(standing, *organization, look));
  }
  if (standing.parallel) {
    if (auto clause = waits_for_a_time(submission.reason, submission.not_before, look.now)) {
      return fmt::format("It {}.", *clause);
    }
  }
  return fmt::format("It stands in its table's line behind submission {}{}, which {}.", standing.head,
                     place_behind(standing), what_keeps_the_head(standing, *organization, look));
}

std::string explain(const Job& job, const Look& look) {
  const Time now = look.now;
  if (!is_over(job) && organization_of(job.table, look.snapshot) == nullptr) return nobody_follows(job, now);
  switch (job.state) {
    case JobState::uploading:
      return fmt::format("It is being uploaded as job {} since {}.", job.id, at(job.started_at));
    case JobState::running:
      return fmt::format("The service imports it as job {} since {} and is asked again {}.",
                         job.remote_id.value_or("?"), at(job.sent_at.value_or(job.started_at)),
                         job.next_poll_at && *job.next_poll_at > now ? "at " + at(*job.next_poll_at) : "now");
    case JobState::lost:
      if (job.next_look_at) {
        return fmt::format(
            "Nobody knows yet what became of its job {}; the service is asked {} what it last imported into the table, "
            "and by {} it is settled or decided.",
            job.id, *job.next_look_at > now ? "at " + at(*job.next_look_at) : "now",
            at(job.holds_slot_until.value_or(now)));
      }
      return fmt::format("Nobody knows what became of its job {}; by {} it cannot be running any more.", job.id,
                         at(job.holds_slot_until.value_or(now)));
    case JobState::succeeded:
    case JobState::failed:
      break;
  }
  return fmt::format("Its job {} has ended.", job.id);
}

}  // namespace dropload::schedule
