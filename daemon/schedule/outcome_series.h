#pragma once

// What the result of a call means for a file that travels as a series of batches (import-api.md, section 5). A batch
// that the service did not take is sent again by itself, but nothing that may be in is: rows of an append would double.
// Pure.

#include <string>
#include <variant>

#include "daemon/schedule/outcome.h"

namespace dropload::schedule {

// What is known about the series when the result comes in.
struct SeriesContext {
  int batches = 0;              // that the service has taken
  std::uint64_t taken = 0;      // bytes of the file up to the end of these
  std::uint64_t size = 0;       // of the file
  bool commits_at_end = false;  // the table is replaced when the last batch is in; else each batch is written by itself
  int refusals = 0;             // of the batch under way by failures of the service, in a row
};

// The service does not have the batch: it goes again then.
struct BatchAgain {
  Time at;
  std::string why;
  bool spends_attempt = false;  // of those that this batch has
};
// The service takes no more batches of the job: its details say why.
struct EndedThere {
  std::string why;
};
struct BatchVerdict {
  std::variant<BatchAgain, EndedThere, queue::JobEnd> what;
  std::optional<queue::Pause> pause;
};

// --- a batch behind the first; what is not taken of the first ends its job like that of any file (outcome.h)
BatchVerdict on_batch_refused(const Moment& moment, const JobContext& job, const OrganizationContext& organization,
                              const RefusedCall& call, const SeriesContext& series);
BatchVerdict on_batch_never_sent(const Moment& moment, const JobContext& job, const OrganizationContext& organization,
                                 const Error& why, const SeriesContext& series);

// --- any batch
// The batch may have been received. The job stays open at the service: it holds its slot until open_job_wait is over,
// or is closed before, where that changes nothing in the table.
queue::JobEnd on_batch_lost(const Moment& moment, const JobContext& job, const SeriesContext& series,
                            const std::string& why);
// A batch behind the first that cannot be made: `reason` and `advice` are for people.
queue::JobEnd on_series_broken(const Moment& moment, const SeriesContext& series, std::string reason,
                               std::string advice);

// --- the batch that closes a lost series
struct Closed {
  Time holds_slot_until;
};
struct CloseAgain {
  Time at;
};
using CloseVerdict = std::variant<Closed, CloseAgain>;
CloseVerdict on_close_accepted(const Moment& moment);
CloseVerdict on_close_refused(const Moment& moment, const RefusedCall& call, const SeriesContext& series);
CloseVerdict on_close_failed(const Moment& moment, const SeriesContext& series);

// --- a status call
Verdict on_series_details(const Moment& moment, const JobContext& job, const zoho::JobDetails& details,
                          const SeriesContext& series);
// What on_status_refused and on_status_unreachable say, for a series.
Verdict for_series(Verdict verdict, const JobContext& job, const SeriesContext& series);

}  // namespace dropload::schedule
