#pragma once

// The JSON of the REST API, written by the daemon and read by its clients side by side, so that the two cannot drift.
// Pure.
//
//   submission  {"id": 41, "state": "held", "route": "sales", "organization": …, "workspace": …, "table": …, "source":
//   "drop",
//                "file_name": "sales.csv", "size": 1042, "sha256": …, "reason": "…", "advice": "…", "code": 7107 |
//                null, "attempts": 0, "accepted_at": "2026-11-23T06:30:00.125Z", "not_before": … | null, "ended_at": …
//                | null, "rows": {"total": 12, "success": 11, "warnings": 0} | null, "records": 12 | null,
//                "drop_directory": … | null, "retired_to": … | null, "removed_at": … | null,
//                "priority": 0, "superseded_by": 44 | null, "retry_of": 12 | null, "retried_as": 45 | null,
//                "duplicate_of": 40 | null, "warnings": 2, "package": {"id": 39, "name": "orders.zip", "member":
//                "north/sales.csv"} | null} (member "": it is the package itself, which could not be unpacked) and,
//                where it is shown or listed, "waits_because": a sentence why it waits and what comes next, of queued
//                and importing ones, else null
//   finding     {"code": "short_records", "severity": "note" | "warning", "text": "…", "line": 7 | null}
//   package     {"package": {"id": 39, "route": …, "source": …, "file_name": "orders.zip", "size": …, "sha256": …,
//                "accepted_at": …, "drop_directory": … | null, "retired_to": … | null, "members": 2, "left_out_count":
//                1, "left_out": ["__MACOSX/._sales.csv: __macosx"]}, "submissions": [submission]}, its members in the
//                order in which they lie in it; the first hundred that were left out, each with the rule
//   detail      a submission with "findings": [finding], of which "warnings" are warnings, "jobs": [job] and
//                "timeline": [{"at": …, "what": "queued", "text": "…"}], oldest
//   first page        {"submissions": [submission], "next": 17 | null}, newest first; "next" is the `before` of the
//   next page route       {"name": …, "organization": …, "workspace": …, "table": … | null, "table_pattern": … | null,
//                "table_from_directory": false, "create": true, "import_type": "append", "on_error": "abort",
//                "drop_directory": … | null, "priority": 0, "supersede": false, "paused": pause | null, "drop": drop |
//                null, "expected": [expected]}
//   expected    {"expect": "orders_*.csv by 06:30 Mon-Fri", "state": "late", "sentence": "…", "due_at": … | null,
//               "next_due_at": …, "submission": 41 | null}
//               a file that should come: waiting (nothing was due yet), in time, late, too small, missing
//   drop        {"state": "watched", "reason": "…", "since": … | null, "arriving": 1, "ignored": 3, "not_taken": 0,
//               "directories": 12, "unwatched": 0, "overflows": 0}
//               how it stands with the drop directory (starting, watched, polled, offline), why it is polled or
//               offline, and since when; how many files are not complete yet, are left alone, could not be taken; how
//               many directories are looked into, and of how many nothing is heard; how often events were lost
//   ignored     {"count": 3, "ignored": [{"name": "a.csv.part", "why": "*.part"}], "not_taken_count": 0, "not_taken":
//               […]}
//               the first thousand of each, as of the last scan; names below the drop directory, with a '/' at the end
//               those of directories
//   organization {"name": …, "paused": pause | null, "probing": false, "max_jobs": 5, "slots_held": 3, "uploading": 1,
//               "others": 2 | null, "others_told_at": … | null, "bulk_calls": 12, "bulk_allowed": 20, "closed_until": …
//               | null}
//   pause       {"reason": "…", "until": … | null}; null: until a person resumes it
//
// "records" is what was counted in the file. A job's "submission" is the first that it carries, "parts" how many it
// carries: more than 1 where files were merged.
//
// Ids are numbers, times RFC 3339 in UTC, paths and file names escaped where they are not UTF-8 (common/base/text.h),
// the service's job details ("summary" of a job) the JSON they were.
//
// Decoders take the text of a body. They fail with protocol and a sentence that says which member is missing or wrong.
// Members they do not know are ignored.

#include <map>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/result.h"
#include "daemon/intake/expected.h"
#include "daemon/intake/intake.h"
#include "daemon/intake/standing.h"
#include "daemon/queue/route.h"
#include "daemon/queue/types.h"

namespace dropload::api {

// Keeps members in the order in which they are written.
using Json = nlohmann::ordered_json;

struct SubmissionDetail {
  queue::Submission submission;
  std::vector<queue::Job> jobs;
  std::vector<queue::Event> timeline;
  std::string waits_because{};  // "" when it does not wait
};

// What was accepted by its members.
struct PackageDetail {
  queue::Package package;
  std::vector<queue::Submission> members;
};

struct SubmissionPage {
  std::vector<queue::Submission> submissions;
  std::optional<queue::SubmissionId> next;
  std::map<queue::SubmissionId, std::string> waits{};  // why, of those that wait
};

struct OrganizationView {
  std::string name;
  std::optional<queue::Pause> paused;
  bool probing = false;  // one upload finds out whether it can be reached and has a slot
  int max_jobs = 0;
  int slots_held = 0;
  int uploading = 0;  // of these
  // Jobs of other clients as far as refusals have told, and when they last did: what others did since is not known.
  std::optional<int> others{};
  std::optional<Time> others_told_at{};
  int bulk_calls = 0;                  // of its account in the last minute
  int bulk_allowed = 0;                // of these: fewer than configured after the service has said "too many"
  std::optional<Time> closed_until{};  // no call is made before
};

struct DropView {
  std::string state;
  std::string reason;
  std::optional<Time> since;
  std::uint64_t arriving = 0;
  std::uint64_t ignored = 0;
  std::uint64_t not_taken = 0;
  std::uint64_t directories = 0;
  std::uint64_t unwatched = 0;
  std::uint64_t overflows = 0;
};
// Whether files are accepted for a route: "open", or "stopped" with the reason.
struct IntakeView {
  std::string state = "open";
  std::string reason{};
  std::optional<Time> since{};
};
IntakeView intake_view(const std::optional<intake::Intake::Standstill>& standstill, const intake::Standing* standing);

// `standing` may be null.
std::optional<DropView> drop_view(const intake::Standing* standing);

struct NameAndWhy {
  std::string name;
  std::string why;
};
struct IgnoredView {
  std::uint64_t count = 0;
  std::vector<NameAndWhy> ignored;
  std::uint64_t not_taken_count = 0;
  std::vector<NameAndWhy> not_taken;
};
IgnoredView ignored_view(const intake::Standing& standing);

struct ExpectedView {
  std::string expect;  // as the configuration has it
  std::string state;
  std::string sentence;
  std::optional<Time> due_at;  // when what the state tells of was due
  Time next_due_at;
  std::optional<queue::SubmissionId> submission;  // what came
};
ExpectedView expected_view(const std::string& expect, const intake::Judgement& judged);

struct RouteView {
  std::string name;
  std::string organization;
  std::string workspace;
  std::optional<std::string> table;
  int priority = 0;
  bool supersede = false;
  std::optional<queue::Pause> paused;
  std::optional<DropView> drop{};
  std::vector<ExpectedView> expected{};
  std::optional<IntakeView> intake{};
};

Json encode(const queue::Submission& submission);
Json encode(const SubmissionDetail& detail);
Json encode(const PackageDetail& detail);
Json encode(const SubmissionPage& page);
Json encode(const queue::Route& route, const std::optional<queue::Pause>& paused,
            const std::optional<DropView>& drop = {}, const std::vector<ExpectedView>& expected = {},
            const IntakeView& intake = {});
Json encode(const OrganizationView& organization);
Json encode(const IgnoredView& ignored);

// File names and paths come back as they are shown.
Result<queue::Submission> decode_submission(std::string_view text);
Result<SubmissionDetail> decode_detail(std::string_view text);
Result<SubmissionPage> decode_page(std::string_view text);
// What was accepted of a file that was sent: a submission, or the members of a package, each with its JSON.
struct AcceptedOne {
  queue::Submission submission;
  std::string document;
};
Result<std::vector<AcceptedOne>> decode_accepted(std::string_view text);
Result<std::vector<OrganizationView>> decode_organizations(std::string_view text);
Result<std::vector<RouteView>> decode_routes(std::string_view text);
Result<IgnoredView> decode_ignored(std::string_view text);

}  // namespace dropload::api
