#pragma once

// The same content for the same table (organization, workspace, table), whatever its route or name.
//
// An earlier submission counts when its rows are in, are going in, or may yet go in:
//
//   queued, importing, done   yes
//   held                      yes: both would go in if a person released them
//   failed                    no, unless its rows are in all the same (on_row_difference)
//   cancelled, superseded     no: nothing of it was, or will be, imported
//
// A retry is looked at too, since the same content may have come in since the first one failed; but the one that it
// retries does not count, it is held rather than skipped, and a retry of one that was found to be a duplicate is taken
// as it is: a person has decided then.

#include <optional>
#include <string>

#include "common/db/query.h"
#include "daemon/queue/lanes.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

struct Twin {
  SubmissionId id = 0;
  std::string file_name;
  Time accepted_at;
  SubmissionState state = SubmissionState::queued;
};

// The first of the same size and hash that was accepted in the submission's duplicate_days before it, or since (the
// clock may have been set back). Nothing when it is to be taken whatever was, or nobody hashed it.
std::optional<Twin> twin_of(db::Database& database, const NewSubmission& submission, LaneId lane);

// queued -> held or cancelled, naming the twin. In the transaction that accepts; the caller refreshes the lane.
void set_aside(db::Database& database, const NewSubmission& submission, const Twin& twin);

// Why one is cancelled that a person discards: of a duplicate with the first one and when that came.
std::string reason_of_discard(db::Database& database, SubmissionId id);

}  // namespace dropload::queue
