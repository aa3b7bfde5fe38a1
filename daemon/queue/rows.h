#pragma once

// The queue's rows read into values. Columns are named once, here, and read in that order.

#include <optional>
#include <string>
#include <string_view>

#include "common/db/query.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

// SELECT … FROM submission s JOIN lane l, and FROM job j JOIN lane l, up to where a WHERE can follow.
extern const std::string select_submission;
// Of a submission `s`: some job of it has put rows into the table for good, whatever it has ended as.
extern const std::string has_landed;
extern const std::string select_job;

Submission read_submission(const db::Query& query);
std::optional<Submission> submission_with(db::Database& database, SubmissionId id);
Job read_job(const db::Query& query);

// A line of the timeline, in the transaction of the change that it tells of.
void add_event(db::Database& database, SubmissionId submission, Time at, std::string_view what, std::string_view text);

}  // namespace dropload::queue
