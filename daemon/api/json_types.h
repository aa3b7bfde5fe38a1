#pragma once

// The JSON of the REST API, written by the daemon and read by its clients side by side, so that the two cannot drift.
// Pure.
//
//   submission  {"id": 41, "state": "held", "route": "sales", "organization": …, "workspace": …, "table": …, "source":
//   "drop",
//                "file_name": "sales.csv", "size": 1042, "sha256": …, "reason": "…", "advice": "…", "code": 7107 |
//                null, "attempts": 0, "accepted_at": "2026-11-23T06:30:00.125Z", "not_before": … | null, "ended_at": …
//                | null, "rows": {"total": 12, "success": 11, "warnings": 0} | null, "records": 12 | null,
//                "drop_directory": … | null, "retired_to": … | null}
//   detail      a submission with "jobs": [job] and "timeline": [{"at": …, "what": "queued", "text": "…"}], oldest
//   first page        {"submissions": [submission], "next": 17 | null}, newest first; "next" is the `before` of the
//   next page route       {"name": …, "organization": …, "workspace": …, "table": … | null, "table_pattern": … | null,
//                "table_from_directory": false, "create": true, "import_type": "append", "on_error": "abort",
//                "drop_directory": … | null}
//
// "records" is what was counted in the file. A job's "submission" is the first that it carries, "parts" how many it
// carries: more than 1 where files were merged.
//
// Ids are numbers, times RFC 3339 in UTC, paths and file names escaped where they are not UTF-8 (common/base/text.h),
// the service's job details ("summary" of a job) the JSON they were.
//
// Decoders take the text of a body. They fail with protocol and a sentence that says which member is missing or wrong.
// Members they do not know are ignored.

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/result.h"
#include "daemon/queue/route.h"
#include "daemon/queue/types.h"

namespace dropload::api {

// Keeps members in the order in which they are written.
using Json = nlohmann::ordered_json;

struct SubmissionDetail {
  queue::Submission submission;
  std::vector<queue::Job> jobs;
  std::vector<queue::Event> timeline;
};

struct SubmissionPage {
  std::vector<queue::Submission> submissions;
  std::optional<queue::SubmissionId> next;
};

Json encode(const queue::Submission& submission);
Json encode(const SubmissionDetail& detail);
Json encode(const SubmissionPage& page);
Json encode(const queue::Route& route);

// File names and paths come back as they are shown.
Result<queue::Submission> decode_submission(std::string_view text);
Result<SubmissionDetail> decode_detail(std::string_view text);
Result<SubmissionPage> decode_page(std::string_view text);

}  // namespace dropload::api
