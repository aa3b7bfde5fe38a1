#pragma once

// The migration that says of a job from its intent on whether it travels as a series of batches. Private to the room.

#include <string_view>

namespace dropload::queue {

// in_batches: what a lost first batch has left behind is known by this, whatever the configuration says by then. The
// index is the seek for a route's whole files that came after one of its line.
inline constexpr std::string_view in_batches_sql = R"sql(
ALTER TABLE job ADD COLUMN in_batches INTEGER NOT NULL DEFAULT 0 CHECK (in_batches IN (0, 1));
UPDATE job SET in_batches = 1 WHERE batch_key IS NOT NULL;
CREATE INDEX submission_whole ON submission (lane, route, id) WHERE supersede = 1;
)sql";

}  // namespace dropload::queue
