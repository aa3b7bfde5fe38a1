#pragma once

// What the service's word on a table's last import (importdetails) means for a job whose answer was lost
// (import-api.md, section 7). Pure.
//
// An import is the lost job's when it ended after the job began, after the import of the table that we know of before
// it, and has as many rows as were counted in the job's files. Without a count nothing settles an append as landed: an
// import at the right time may be anybody's.
//
// Clocks: an import's time is the service's, in whole seconds. When the service told its time with the answer, ours is
// corrected by the difference and 5 s are allowed for what is left; else the two may be 2 minutes apart. The import
// before it is compared by the service's clock alone: its job details told when it ended.
//
// A time in a zone whose name means several settles only what each of the times that it can be would.
//
// An import that failed wrote nothing, but it may not have been this one: it settles nothing and stands in the reason.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/zoho/import_details.h"
#include "daemon/schedule/outcome.h"

namespace dropload::schedule {

// The import of the table before the lost job.
struct EarlierImport {
  Time at;        // by the service's clock
  Time noted_at;  // when we knew that it had ended, by ours
  std::int64_t total = 0;
};

struct LostJob {
  zoho::ImportType import_type = zoho::ImportType::append;
  queue::OnUnknown on_unknown = queue::OnUnknown::hold;
  zoho::OnError on_error = zoho::OnError::abort;
  queue::OnRowDifference on_row_difference = queue::OnRowDifference::warn;
  int max_attempts = 5;
  queue::LostFacts facts;
  std::optional<EarlierImport> earlier;
};
// From the summary that was kept of the earlier job: job details, or what importdetails said.
std::optional<EarlierImport> earlier_import(const queue::LostFacts& facts);

// What the service said.
struct Seen {
  std::optional<zoho::ImportDetails> import;  // nothing: never imported into, or there is no such table
  std::optional<Time> service_time;
  std::string verbatim;
};
struct NotSeen {  // the call failed without an answer
  std::string why;
};
using LookAnswer = std::variant<Seen, RefusedCall, NotSeen>;

struct LookAgain {
  Time at;
  bool answered = true;
};
struct LookVerdict {
  std::variant<LookAgain, queue::LostEnd> what;
  std::optional<queue::Pause> pause;
};

// Until the job cannot be running any more (its holds_slot_until) only an import that is its own settles it; others are
// looked for again, with growing waits. The first answer after that settles it in any case: no import since the job
// began means that it never landed, and it is queued again (an attempt is spent only when the service had accepted the
// job and forgot it); everything else goes by the policy: truncateadd, updateadd and, with on_unknown = "resend",
// append are sent again unless a newer file ran; what remains is held.
LookVerdict on_look(const Moment& moment, const LostJob& job, const OrganizationContext& organization,
                    const LookAnswer& look);

}  // namespace dropload::schedule
