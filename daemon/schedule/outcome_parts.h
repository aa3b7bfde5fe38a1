#pragma once

// What verdicts on create and on status calls share. Private to the room.

#include <optional>
#include <string>

#include "daemon/schedule/outcome.h"

namespace dropload::schedule {

// However long starts are told to wait: a summary is to be read within its hour.
inline constexpr Milliseconds longest_poll_wait{300'000};

// When one job more than the service has slots for is tried again.
Time next_probe_for_a_slot(const Moment& moment, const JobContext& job, const RefusedCall& call);

// The pause that a refusal asks of the whole organization, if any: token refused twice, too fast, exhausted.
std::optional<queue::Pause> pause_for(const Moment& moment, const OrganizationContext& organization,
                                      const RefusedCall& call);

// The pause that a call asks which found nobody, or somebody else. Nothing while one is in force.
std::optional<queue::Pause> pause_for_outage(const Moment& moment, const OrganizationContext& organization,
                                             const Error& why);

inline PollSettings poll_settings(const Moment& moment) {
  return {moment.settings.first_poll, moment.settings.poll_every};
}

// A pause is in force: it began while the call was under way.
bool is_paused(const Moment& moment, const OrganizationContext& organization);

// The service cannot use its own disk (zoho/own_disk.h), in the words of a refusal or of a failed job: it is no file's
// fault and meets all of them, so no attempt is spent and the organization pauses with the reason, for a minute at
// most. Nothing for anything else.
std::optional<queue::Pause> pause_for_own_disk(const Moment& moment, const JobContext& job, const RefusedCall& call);

// A failure of the service spends an attempt; the last one ends the submission. Adds to the end's reason when it does.
queue::AfterJob after_server_failure(const Moment& moment, const JobContext& job, queue::JobEnd& end);

// The end of a lost job: it holds its slot until it cannot be running any more, and what the service last imported into
// the table is looked at from `first_look` on (outcome_lost.h).
queue::JobEnd end_of_unknown(Time holds_slot_until, Time first_look, const std::string& why);

}  // namespace dropload::schedule
