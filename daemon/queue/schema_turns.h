#pragma once

// Migrations for organizations that share an account with each other, and slots with strangers. Private to the room.

#include <string_view>

namespace dropload::queue {

// last_sent_at: when the organization last began a job or a batch.
inline constexpr std::string_view turns_sql = R"sql(
CREATE TABLE organization_turn (
  organization TEXT PRIMARY KEY,
  last_sent_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// told_at: see Strangers. What is known so far has no time: the next refusal tells it again.
inline constexpr std::string_view told_sql = R"sql(
DELETE FROM strangers;
ALTER TABLE strangers ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;
)sql";

}  // namespace dropload::queue
