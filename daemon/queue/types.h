#pragma once

// Rows of the queue as values: what the store takes and gives, and what the scheduler, the runner and the REST API look
// at.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/zoho/limits.h"
#include "daemon/queue/findings.h"
#include "daemon/queue/states.h"

namespace dropload::queue {

using SubmissionId = std::int64_t;
using JobId = std::int64_t;

// Where rows go. Workspace and table as the route names them (a name, or a numeric id); two submissions are of the same
// table when organization, workspace and table are equal.
struct TableKey {
  std::string organization;
  std::string workspace;
  std::string table;

  auto operator<=>(const TableKey&) const = default;
};

enum class Source { drop = 1, rest };
std::string_view to_string(Source source);
std::optional<Source> parse_source(std::string_view word);

// What to do with a file whose content was accepted for the same table before: take it like any other, hold it for a
// person, or end it at once as cancelled. Its words are those of the configuration: "import", "hold", "skip".
enum class OnDuplicate { take = 1, hold, skip };
std::string_view to_string(OnDuplicate choice);
std::optional<OnDuplicate> parse_on_duplicate(std::string_view word);

// Packages (an archive that is accepted by its members) and submissions have one series of numbers: one that could not
// be unpacked is a submission with the package's own.
using PackageId = SubmissionId;

// The package that a submission came in.
struct InPackage {
  PackageId id = 0;
  std::string name;    // bytes, as of files
  std::string member;  // path in the package, bytes, never trusted; "": it is the package itself, which was refused

  bool operator==(const InPackage&) const = default;
};

// What intake hands over: bytes are fsynced in spool/<id>/ already.
struct NewSubmission {
  SubmissionId id = 0;  // from Store::reserve_id: the spool directory has its name
  std::string route;
  TableKey table;
  bool parallel = false;  // the route opted out of one-job-per-table-in-order
  Source source = Source::drop;
  std::string file_name;                      // bytes as found, without directories; escaped where shown
  std::optional<std::string> drop_directory;  // where done/ and failed/ are; nothing for REST without one
  std::uint64_t size = 0;
  std::string sha256;  // hex
  Time accepted_at;
  // Data records in it, header and comments not counted, when they could be counted.
  std::optional<std::int64_t> records{};
  // Files of one route and table whose shape is equal may travel as one job; "": travels alone.
  std::string shape{};
  int priority = 0;                        // of the route
  bool supersede = false;                  // it takes the place of the route's older ones that wait for the table
  std::optional<SubmissionId> retry_of{};  // the ended one whose original this is
  OnDuplicate on_duplicate = OnDuplicate::take;
  int duplicate_days = 0;  // how long before it the same content makes it a duplicate; see duplicates.h
  Findings findings{};
  // Of its header, those that are to be imported; empty: not known. What its table and route are compared by.
  std::vector<std::string> columns{};
  // Held at once with this reason, unless it is a duplicate; "": not.
  std::string hold_reason{};
  std::string hold_advice{};
  bool is_package = false;             // to be accepted by its members, or, when it cannot be unpacked, to fail
  std::optional<PackageId> package{};  // of a member: the one it lies in
  std::string member{};                // and where in it
};

// What was accepted by its members. Its bytes stay in the spool until the last of them has ended.
struct Package {
  PackageId id = 0;
  std::string route;
  Source source = Source::drop;
  std::string file_name;
  std::optional<std::string> drop_directory;
  std::uint64_t size = 0;
  std::string sha256;
  Time accepted_at;
  std::uint64_t members = 0;
  std::uint64_t left_out_count = 0;
  std::string left_out;  // a line for each of the first hundred members that were left out, escaped, with the rule
  std::optional<SubmissionId> retry_of{};   // the failed package whose original this is
  std::optional<std::string> retired_to{};  // "": deleted
};

// What the service reported, kept for good. Row counts are nothing until a job has succeeded.
struct Rows {
  std::int64_t total = 0;
  std::int64_t success = 0;
  std::int64_t warnings = 0;
};

struct Submission {
  SubmissionId id = 0;
  std::string route;
  TableKey table;
  Source source = Source::drop;
  std::string file_name;
  std::optional<std::string> drop_directory;
  std::uint64_t size = 0;
  std::string sha256;
  SubmissionState state = SubmissionState::queued;
  // A sentence for people: why it is held, failed or waits again; what is odd about a success. Empty when there is
  // nothing to say.
  std::string reason;
  // What to do about it, for people. Empty when there is nothing to do. Whoever writes it may say ID for the
  // submission's number (`dropload release ID`), which is read in its place.
  std::string advice;
  std::optional<int> code;  // the API's code behind a failure
  int attempts = 0;         // that counted against the route's max_attempts
  Time accepted_at;
  std::optional<Time> not_before;  // waits until then; nothing: at once
  std::optional<Time> ended_at;    // done, failed, cancelled, superseded
  std::optional<Rows> rows;
  std::optional<std::string> retired_to;      // where the original lies in the end
  std::optional<std::int64_t> records;        // as counted here; nothing: not counted
  std::string shape;                          // see NewSubmission
  int merge_most = 0;                         // of so many files at most its next job may be; 1: alone, 0: no bound
  int priority = 0;                           // lowest_priority to highest_priority
  std::optional<SubmissionId> superseded_by;  // the newer one that took its place
  std::optional<SubmissionId> retry_of;       // the earlier one of the same file
  std::optional<SubmissionId> retried_as;     // the later one, which has the original now
  std::optional<SubmissionId> duplicate_of;   // the earlier one of the same content, for which it was held or skipped
  // It has ended without being done, but a job of it has put rows into the table.
  bool has_rows_in = false;
  int warnings = 0;                  // so many of its findings are warnings
  Findings findings{};               // filled by find() and accept(), not where many are listed
  std::string retire_trouble{};      // ended: why its original still lies in the spool; "" when nothing keeps it there
  std::optional<Time> removed_at{};  // when its original was removed from retired_to (keep_done, keep_failed)
  std::optional<InPackage> package{};

  [[nodiscard]] bool is_member() const { return package && !package->member.empty(); }
  [[nodiscard]] bool is_refused_package() const { return package && package->member.empty(); }
};

// One submission's share of a job. A job has one for each submission that it carries, in order of arrival.
struct JobPart {
  SubmissionId submission = 0;
  // The line of the job's file at which it begins, and which line of its own file that is: 1 and 1 where the file
  // travels as it is.
  std::int64_t first_line = 1;
  std::int64_t own_line = 1;
};

struct Job {
  JobId id = 0;
  SubmissionId submission = 0;  // the first that it carries
  int parts = 1;                // how many it carries
  TableKey table;
  JobState state = JobState::uploading;
  // Committed before the last piece of the request goes out: an uploading job without it was never received whole.
  bool whole_sent = false;
  std::string workspace_id;              // with remote_id: what polls need
  std::optional<std::string> remote_id;  // the service's job id
  Time started_at;
  std::optional<Time> sent_at;       // when the service accepted it
  std::optional<Time> next_poll_at;  // running
  std::optional<Time> forgotten_at;  // the summary is gone after this, as far as we know
  int polls = 0;
  int failed_polls =
      0;  // in a row, since the last one that was answered; of a series: times that a batch was not taken
  // Of a file that travels as a series of batches: the service's key for it, batches that it has taken, the byte at
  // which the next one begins, and the view that they go to ("": the series makes its table).
  std::optional<std::string> batch_key;
  bool in_batches = false;  // it is one, as its intent says
  int batches = 0;
  std::uint64_t batch_offset = 0;
  std::string batch_view{};
  std::optional<Time> next_batch_at{};   // nothing while one is under way; of a lost one: it is to be closed then
  std::optional<Time> holds_slot_until;  // lost: until then it may still be running there
  // Lost, and its submissions are importing until it is settled: when the service is asked again for the table's last
  // import. `message` is then why the job was lost.
  std::optional<Time> next_look_at;
  int looks = 0;  // that were answered
  std::optional<Time> ended_at;
  std::optional<int> remote_code;  // last jobCode or errorCode
  std::string message;             // for people
  std::string summary;             // the service's job details verbatim (JSON), "" until the end
};

// That a file came, for whoever expects it.
struct Arrival {
  SubmissionId id = 0;
  std::string route;
  std::string file_name;
  Time at;  // when it was accepted
  std::uint64_t size = 0;
  bool is_retry = false;    // of one that came before
  bool is_skipped = false;  // its content had come before, and was skipped
};

// One line of a submission's timeline.
struct Event {
  SubmissionId submission = 0;
  Time at;
  std::string what;  // "queued", "upload began", "job 1767… accepted", "done", …
  std::string text;  // for people, may be empty
};

// A table's line goes before all lines whose highest waiting priority is lower.
inline constexpr int lowest_priority = -100;
inline constexpr int highest_priority = 100;

// Other clients of an organization hold slots, as a refused start (8134) has told.
struct Strangers {
  int ours = 0;      // so many jobs we may have at once, as far as we know
  int refusals = 0;  // of probes in a row
  Time probe_at;     // then one job more than that may be tried
  Time told_at{};    // when the service last told: what others did since is not known

  // So many they had then at least, as far as they fit beside those that the service has of ours now.
  [[nodiscard]] int others(int held) const {
    return std::max(zoho::max_jobs_of_an_organization - std::max(ours, held), 0);
  }
};

struct Pause {
  std::string reason;
  std::optional<Time> until;  // probe then; nothing: until a person resumes
};

}  // namespace dropload::queue
