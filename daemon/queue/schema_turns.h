#pragma once

// The migration that lets organizations of one account take turns. Private to the room.

#include <string_view>

namespace dropload::queue {

// last_sent_at: when the organization last began a job or a batch.
inline constexpr std::string_view turns_sql = R"sql(
CREATE TABLE organization_turn (
  organization TEXT PRIMARY KEY,
  last_sent_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace dropload::queue
