#include "daemon/queue/duplicates.h"

#include <fmt/format.h>

#include "common/base/local_time.h"
#include "common/base/text.h"
#include "daemon/queue/rows.h"

namespace dropload::queue {
namespace {

using db::Query;

bool retries_a_duplicate(db::Database& database, const NewSubmission& submission) {
  if (!submission.retry_of) return false;
  Query query(database, "SELECT duplicate_of FROM submission WHERE id = ?", *submission.retry_of);
  return query.step() && query.get<std::optional<SubmissionId>>(0).has_value();
}

std::string same_content(const Twin& twin) {
  return fmt::format("Same content as submission {} ({} of {})", twin.id, escaped(twin.file_name),
                     to_local_minute(twin.accepted_at));
}

// It is read for as long as the submission is kept, whatever becomes of the first one meanwhile.
std::string reason_of(const Twin& twin) {
  // Of one that ended so only when something of it is in: see twin_of().
  const bool ended_otherwise = is_final(twin.state) && twin.state != SubmissionState::done;
  return fmt::format("{}, which was {} when this one came{}.", same_content(twin), to_string(twin.state),
                     ended_otherwise ? ", though rows of it are in" : "");
}

// One that is skipped has ended, and the text beside its original says how it is retried.
std::string advice_of(SubmissionId id, const Twin& twin) {
  return fmt::format("{}`dropload release {}` imports it all the same, `dropload discard {}` ends it.",
                     twin.state == SubmissionState::held ? fmt::format("Decide on submission {} first. ", twin.id) : "",
                     id, id);
}

}  // namespace

std::optional<Twin> twin_of(db::Database& database, const NewSubmission& submission, LaneId lane) {
  if (submission.on_duplicate == OnDuplicate::take || submission.sha256.empty()) return std::nullopt;
  if (retries_a_duplicate(database, submission)) return std::nullopt;
  const Time since = submission.accepted_at - std::chrono::days(submission.duplicate_days);
  Query query(database,
              "SELECT s.id, s.file_name, s.accepted_at, s.state FROM submission s WHERE s.lane = ? AND s.sha256 = ? "
              "AND s.size = ? AND s.accepted_at >= ? AND s.id NOT IN (?, ?) AND (s.state IN ('queued', 'importing', "
              "'done', 'held') OR " +
                  has_landed + ") ORDER BY s.accepted_at, s.id LIMIT 1",
              lane, submission.sha256, submission.size, since, submission.id, submission.retry_of.value_or(0));
  if (!query.step()) return std::nullopt;
  return Twin{query.get<SubmissionId>(0), query.get<std::string>(1), query.get<Time>(2),
              parse_submission_state(query.get<std::string>(3)).value()};
}

void set_aside(db::Database& database, const NewSubmission& submission, const Twin& twin) {
  const bool ends = submission.on_duplicate == OnDuplicate::skip && !submission.retry_of;
  const auto state = to_string(ends ? SubmissionState::cancelled : SubmissionState::held);
  const auto reason = reason_of(twin);
  const std::string advice = ends ? "" : advice_of(submission.id, twin);
  std::optional<Time> ended_at;
  if (ends) ended_at = submission.accepted_at;
  Query(database,
        "UPDATE submission SET state = ?, reason = ?, advice = ?, ended_at = ?, duplicate_of = ? WHERE id = ? AND "
        "state = 'queued'",
        state, reason, advice, ended_at, twin.id, submission.id)
      .run();
  add_event(database, submission.id, submission.accepted_at, state, reason);
}

std::string reason_of_discard(db::Database& database, SubmissionId id) {
  Query query(database,
              "SELECT f.id, f.file_name, f.accepted_at FROM submission s JOIN submission f ON f.id = s.duplicate_of "
              "WHERE s.id = ?",
              id);
  if (!query.step()) return "discarded by a person";
  const Twin twin{query.get<SubmissionId>(0), query.get<std::string>(1), query.get<Time>(2), {}};
  return fmt::format("Discarded by a person. {}.", same_content(twin));
}

}  // namespace dropload::queue
