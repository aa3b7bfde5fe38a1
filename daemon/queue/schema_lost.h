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

}  // namespace dropload::queue
