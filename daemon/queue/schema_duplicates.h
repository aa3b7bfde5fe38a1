#pragma once

// The migration that brings in duplicates of content.

#include <string_view>

namespace dropload::queue {

// The index is the seek for the first of the same content in a table since a time, however many there were before.
inline constexpr std::string_view duplicates_sql = R"sql(
ALTER TABLE submission ADD COLUMN duplicate_of INTEGER;
CREATE INDEX submission_by_content ON submission (lane, sha256, size, accepted_at);
)sql";

}  // namespace dropload::queue
