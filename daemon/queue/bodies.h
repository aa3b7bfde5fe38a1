#pragma once

// Small bodies live in the queue's file beside their row: the one sync of a group commit makes many of them durable,
// where an entry in the spool takes several each. Such a submission has no entry until its original is put away; its
// bytes are here until mark_retired, in whose transaction they go.
//
// Each function is one transaction, with the errors of Store (store.h).

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/queue/store.h"

namespace dropload::queue {

// What is larger goes to the spool: there it is written once, and here twice (the log, then the file).
inline constexpr std::size_t most_body_bytes = 64 * 1024;

// In the transaction in which the submission is accepted.
Result<void> keep_body(Store& store, SubmissionId id, std::string_view bytes);
// Nothing when it has none here: its bytes are in the spool, or retired.
Result<std::optional<std::string>> body_of(Store& store, SubmissionId id);

// --- within the transactions of the room
void forget_body(db::Database& database, SubmissionId id);

}  // namespace dropload::queue
