#pragma once

// Migrations of the schema that are too long for schema.cpp. Private to the room.

#include <string_view>

namespace dropload::queue {

// A lost job whose submissions are importing has next_look_at; fate is what was found out of it: nothing when nobody
// knows, else whether its rows landed.
inline constexpr std::string_view looks_sql = R"sql(
ALTER TABLE job ADD COLUMN next_look_at INTEGER CHECK (next_look_at IS NULL OR holds_slot_until IS NOT NULL);
ALTER TABLE job ADD COLUMN looks INTEGER NOT NULL DEFAULT 0 CHECK (looks >= 0);
ALTER TABLE job ADD COLUMN fate TEXT CHECK (fate IS NULL OR (state = 'lost' AND fate IN ('landed', 'not landed')));
)sql";

// account_pace: see zoho::Pace. strangers: see Strangers.
inline constexpr std::string_view pace_sql = R"sql(
CREATE TABLE account_pace (
  account TEXT PRIMARY KEY,
  sixteenths INTEGER NOT NULL CHECK (sixteenths BETWEEN 1 AND 16),
  slowed_at INTEGER NOT NULL,
  closed_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE strangers (
  organization TEXT PRIMARY KEY,
  ours INTEGER NOT NULL CHECK (ours >= 0),
  refusals INTEGER NOT NULL CHECK (refusals >= 0),
  probe_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace dropload::queue
