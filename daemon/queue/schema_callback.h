#pragma once

// The migration that brings in callbacks of the service. Private to the room.

#include <string_view>

namespace dropload::queue {

// callback_sha256: of the secret under which the service may call back for the job. hints: callbacks that were heeded.
// hint_due_at: when the last of them is to be followed by a poll or a look; nothing once that has begun.
inline constexpr std::string_view callback_sql = R"sql(
ALTER TABLE job ADD COLUMN callback_sha256 TEXT CHECK (callback_sha256 <> '');
ALTER TABLE job ADD COLUMN hints INTEGER NOT NULL DEFAULT 0 CHECK (hints >= 0);
ALTER TABLE job ADD COLUMN hint_due_at INTEGER CHECK (hint_due_at IS NULL OR hints > 0);
CREATE UNIQUE INDEX job_of_callback ON job (callback_sha256) WHERE callback_sha256 IS NOT NULL;
)sql";

}  // namespace dropload::queue
