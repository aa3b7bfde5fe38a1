#pragma once

// Who stands in a table's line behind whom.

#include <optional>
#include <vector>

#include "common/db/query.h"
#include "daemon/queue/lanes.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

struct InLine {
  SubmissionId submission = 0;
  std::optional<Time> not_before;
};

// The queued ones of the line behind `id`, in order of arrival, `most` of them. Two seeks, however many wait.
std::vector<InLine> line_behind(db::Database& database, LaneId lane, SubmissionId id, int most);

}  // namespace dropload::queue
