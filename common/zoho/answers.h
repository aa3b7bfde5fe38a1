#pragma once

// The API's JSON answers, encoded (import service) and decoded (client) side by side (import-api.md, sections 1, 3, 8
// and 9). Decoding is strict about what we act on (types, known words) and lenient about keys we do not know. Ids are
// text: they have 19 digits. Pure. Decoders fail with Errc::protocol and a sentence that says what was expected where.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/zoho/codes.h"

namespace dropload::zoho {

// The envelope: success with data (as JSON text, to be given to the decoders below), or a refusal. A failure envelope
// is one whatever its HTTP status; a success envelope with HTTP >= 400 is a protocol error.
struct Success {
  std::string summary;
  std::string data;
};
using Answer = std::variant<Success, Refusal>;
// A body that is no envelope at all (a proxy's HTML page, an empty body) fails with protocol.
Result<Answer> decode_answer(int http_status, std::string_view body);
std::string encode_success(std::string_view summary, std::string_view data_json);
std::string encode_failure(const Refusal& refusal);

enum class JobCode { not_initiated = 1001, in_progress = 1002, failed = 1003, completed = 1004, not_found = 1005 };
std::string_view job_status_text(JobCode code);  // "JOB IN PROGRESS"

struct ImportSummary {
  std::string import_type;  // "APPEND"
  std::int64_t total_columns = 0;
  std::int64_t selected_columns = 0;
  std::int64_t total_rows = 0;
  std::int64_t success_rows = 0;
  std::int64_t warnings = 0;
  std::string operation;  // "created" or "updated"
};

struct JobDetails {
  std::string job_id;
  JobCode code = JobCode::not_initiated;
  std::optional<ImportSummary> summary;        // with completed
  std::optional<std::string> view_id;          // with completed, for a new table
  std::map<std::string, std::string> columns;  // column → display type ("Plain Text"), with completed
  std::string import_errors;                   // HTML fragment, "" when clean
  std::optional<int> error_code;               // with failed
  std::string error_message;                   // HTML fragment, with failed
  std::optional<std::string> batch_key;
  std::optional<Time> forgotten_at;  // expiryTime, with failed and completed
};
std::string encode_job_details(const JobDetails& details);  // the data object
Result<JobDetails> decode_job_details(std::string_view data_json);

struct JobCreated {
  std::string job_id;
  std::optional<std::string> batch_key;
};
std::string encode_job_created(const JobCreated& created);
Result<JobCreated> decode_job_created(std::string_view data_json);

// metadetails: names to ids.
struct MetaDetails {
  std::string workspace_id;
  std::string workspace_name;
  std::string organization_id;
  std::optional<std::string> view_id;
  std::optional<std::string> view_name;
};
std::string encode_meta_details(const MetaDetails& details);
Result<MetaDetails> decode_meta_details(std::string_view data_json);

// The views of a workspace: what metadetails cannot look up, a table by its name in a workspace by its id.
struct View {
  std::string view_id;
  std::string view_name;
};
Result<std::vector<View>> decode_views(std::string_view data_json);

// Token endpoint. An error answer ({"error":"invalid_code"}, seen with HTTP 200 too) fails with permission_denied and
// the error's word; one that says that too many tokens were asked for, with busy.
struct Token {
  std::string access_token;
  std::int64_t expires_in_seconds = 3600;
  std::optional<std::string> refresh_token{};  // with grant_type=authorization_code
};
std::string encode_token(const Token& token, std::string_view api_domain);
// With HTTP 400: more requests than section 7 allows.
std::string encode_too_many_tokens();
Result<Token> decode_token(int http_status, std::string_view body);

// `[Line: 3 Field: 2] (abc) -ERROR: …` in the form of importErrors: one <nobr>…</nobr><br> an offence, the value
// HTML-escaped.
struct ImportOffence {
  std::int64_t line = 0;   // counted in the file, 1 is the first line
  std::int64_t field = 0;  // 1 is the first field
  std::string value;
  std::string message;
};
std::string encode_offence(const ImportOffence& offence);
// Text as it stands in an HTML fragment: & < > and both quotes as entities.
std::string escape_html(std::string_view text);
// An HTML fragment as plain text lines for people: tags dropped, <br> a line break, entities decoded once, runs of
// blanks and control characters one blank, empty lines left off. What comes out may hold '<' and '&' again: it is text,
// to be escaped where it is shown as HTML.
std::string plain_text(std::string_view html);

}  // namespace dropload::zoho
