#pragma once

// What is known of other clients' jobs in an organization. Private to the room.

#include <optional>
#include <string>

#include "common/db/query.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

std::optional<Strangers> strangers_in(db::Database& database, const std::string& organization);

// The service refused a job, which has ended: what we hold now is all that there is for us. Refusals before the next
// probe is due are one with the last.
void note_no_slot(db::Database& database, const std::string& organization, Time probe_at, Time now);
// The service took a job, or the first batch of one, which is written already. When it has more of ours than we knew
// of, a stranger has gone: the next probe may come soon.
void note_slot_taken(db::Database& database, const std::string& organization, Time probe_at, Time now);

}  // namespace dropload::queue
