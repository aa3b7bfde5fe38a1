#include "daemon/queue/rows.h"

namespace dropload::queue {

const std::string has_landed =
    "EXISTS (SELECT 1 FROM job_part p JOIN job j ON j.id = p.job WHERE p.submission = s.id AND (j.state = 'succeeded' "
    "OR "
    "j.fate = 'landed' OR j.batches > 0))";

const std::string select_submission =
    "SELECT s.id, s.route, l.organization, l.workspace, l.tbl, s.source, s.file_name, s.drop_directory, s.size, "
    "s.sha256, "
    "s.state, s.reason, s.advice, s.code, s.attempts, s.accepted_at, s.not_before, s.ended_at, s.rows_total, "
    "s.rows_success, s.rows_warnings, s.retired_to, s.records, s.shape, s.merge_most, s.priority, s.superseded_by, "
    "s.retry_of, "
    "s.retried_as, s.duplicate_of, s.warnings, s.state IN ('failed', 'cancelled', 'superseded') AND " +
    has_landed +
    ", s.retire_trouble, s.removed_at, s.package, coalesce(k.file_name, s.file_name), s.member FROM submission s JOIN "
    "lane l ON l.id = s.lane LEFT JOIN package k ON k.id = s.package ";

const std::string select_job =
    "SELECT j.id, j.submission, (SELECT count(*) FROM job_part p WHERE p.job = j.id), l.organization, l.workspace, "
    "l.tbl, j.state, j.whole_sent, j.workspace_id, "
    "j.remote_id, "
    "j.started_at, j.sent_at, j.next_poll_at, j.forgotten_at, j.polls, j.failed_polls, j.holds_slot_until, j.ended_at, "
    "j.remote_code, j.message, j.summary, j.batch_key, j.batches, j.batch_offset, j.batch_view, j.next_batch_at, "
    "j.next_look_at, j.looks, j.in_batches FROM job j JOIN lane l ON l.id = j.lane ";

namespace {

// Whoever says what is to be done says it of several at once.
std::string with_own_number(std::string advice, SubmissionId id) {
  constexpr std::string_view any = " ID`";
  const auto own = " " + std::to_string(id) + "`";
  for (auto at = advice.find(any); at != advice.npos; at = advice.find(any, at + own.size()))
    advice.replace(at, any.size(), own);
  return advice;
}

}  // namespace

Submission read_submission(const db::Query& query) {
  int column = 0;
  Submission s;
  s.id = query.get<SubmissionId>(column++);
  s.route = query.get<std::string>(column++);
  s.table.organization = query.get<std::string>(column++);
  s.table.workspace = query.get<std::string>(column++);
  s.table.table = query.get<std::string>(column++);
  s.source = parse_source(query.get<std::string>(column++)).value();
  s.file_name = query.get<std::string>(column++);
  s.drop_directory = query.get<std::optional<std::string>>(column++);
  s.size = query.get<std::uint64_t>(column++);
  s.sha256 = query.get<std::string>(column++);
  s.state = parse_submission_state(query.get<std::string>(column++)).value();
  s.reason = query.get<std::string>(column++);
  s.advice = with_own_number(query.get<std::string>(column++), s.id);
  s.code = query.get<std::optional<int>>(column++);
  s.attempts = query.get<int>(column++);
  s.accepted_at = query.get<Time>(column++);
  s.not_before = query.get<std::optional<Time>>(column++);
  s.ended_at = query.get<std::optional<Time>>(column++);
  if (const auto total = query.get<std::optional<std::int64_t>>(column++)) {
    s.rows = Rows{*total, query.get<std::int64_t>(column), query.get<std::int64_t>(column + 1)};
  }
  column += 2;
  s.retired_to = query.get<std::optional<std::string>>(column++);
  s.records = query.get<std::optional<std::int64_t>>(column++);
  s.shape = query.get<std::string>(column++);
  s.merge_most = query.get<int>(column++);
  s.priority = query.get<int>(column++);
  s.superseded_by = query.get<std::optional<SubmissionId>>(column++);
  s.retry_of = query.get<std::optional<SubmissionId>>(column++);
  s.retried_as = query.get<std::optional<SubmissionId>>(column++);
  s.duplicate_of = query.get<std::optional<SubmissionId>>(column++);
  s.warnings = query.get<int>(column++);
  s.has_rows_in = query.get<bool>(column++);
  s.retire_trouble = query.get<std::string>(column++);
  s.removed_at = query.get<std::optional<Time>>(column++);
  if (const auto package = query.get<std::optional<PackageId>>(column++)) {
    s.package = InPackage{*package, query.get<std::string>(column), query.get<std::string>(column + 1)};
  }
  return s;
}

std::optional<Submission> submission_with(db::Database& database, SubmissionId id) {
  static const std::string sql = select_submission + "WHERE s.id = ?";
  db::Query query(database, sql, id);
  if (!query.step()) return std::nullopt;
  return read_submission(query);
}

Job read_job(const db::Query& query) {
  int column = 0;
  Job j;
  j.id = query.get<JobId>(column++);
  j.submission = query.get<SubmissionId>(column++);
  j.parts = query.get<int>(column++);
  j.table.organization = query.get<std::string>(column++);
  j.table.workspace = query.get<std::string>(column++);
  j.table.table = query.get<std::string>(column++);
  j.state = parse_job_state(query.get<std::string>(column++)).value();
  j.whole_sent = query.get<bool>(column++);
  j.workspace_id = query.get<std::string>(column++);
  j.remote_id = query.get<std::optional<std::string>>(column++);
  j.started_at = query.get<Time>(column++);
  j.sent_at = query.get<std::optional<Time>>(column++);
  j.next_poll_at = query.get<std::optional<Time>>(column++);
  j.forgotten_at = query.get<std::optional<Time>>(column++);
  j.polls = query.get<int>(column++);
  j.failed_polls = query.get<int>(column++);
  j.holds_slot_until = query.get<std::optional<Time>>(column++);
  j.ended_at = query.get<std::optional<Time>>(column++);
  j.remote_code = query.get<std::optional<int>>(column++);
  j.message = query.get<std::string>(column++);
  j.summary = query.get<std::string>(column++);
  j.batch_key = query.get<std::optional<std::string>>(column++);
  j.batches = query.get<int>(column++);
  j.batch_offset = query.get<std::uint64_t>(column++);
  j.batch_view = query.get<std::string>(column++);
  j.next_batch_at = query.get<std::optional<Time>>(column++);
  j.next_look_at = query.get<std::optional<Time>>(column++);
  j.looks = query.get<int>(column++);
  j.in_batches = query.get<bool>(column);
  return j;
}

void add_event(db::Database& database, SubmissionId submission, Time at, std::string_view what, std::string_view text) {
  db::Query(database, "INSERT INTO event (submission, at, what, text) VALUES (?, ?, ?, ?)", submission, at, what, text)
      .run();
}

}  // namespace dropload::queue
