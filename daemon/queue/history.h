#pragma once

// What pre-flight compares a file with: the columns that its table is known to have, and what its route sent to that
// table before. Learned from files that went in, kept by table (organization, workspace, table): a route that is
// renamed finds the table's columns as they were known.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/db/query.h"
#include "daemon/queue/lanes.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

inline constexpr std::size_t most_remembered_counts = 5;
// A column that so many imports in a row did not fill is not expected of a file any more.
inline constexpr int imports_looked_back = 10;

// Of a route the last file that went into a table (its submission is done).
struct LastFile {
  SubmissionId submission = 0;
  std::vector<std::string> columns;   // empty: not known
  std::vector<std::int64_t> records;  // of the last most_remembered_counts that were counted, newest first
};

struct History {
  // All columns that the service named when files went into the table; it may have more. Empty: nothing is known.
  std::vector<std::string> columns;
  std::optional<LastFile> last;
  std::vector<std::string> not_lately{};  // of the columns: those that the last imports_looked_back did not fill
};

History history_of(db::Database& database, const std::string& route, const TableKey& table);

// What was found, in the transaction that accepts.
void write_findings(db::Database& database, const NewSubmission& submission);
Findings read_findings(db::Database& database, SubmissionId id);

// The submission is done: in the transaction that says so.
void remember_file(db::Database& database, SubmissionId id);
// The job that carried it has succeeded with these details of the service (JSON); what is none teaches nothing.
void learn_columns(db::Database& database, LaneId lane, SubmissionId carried, const std::string& details);

}  // namespace dropload::queue
