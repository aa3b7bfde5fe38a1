#pragma once

// The migrations that know of the end of a file.

#include <string_view>

namespace dropload::queue {

// Why the original of an ended submission lies in the spool still; '' when nothing has kept it there.
inline constexpr std::string_view retire_trouble_sql = R"sql(
ALTER TABLE submission ADD COLUMN retire_trouble TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace dropload::queue
