#pragma once

// File -> route and table. Pure.

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "daemon/queue/route.h"

namespace dropload::intake {

// Does the file name fit one of the route's patterns (fnmatch, case as given)? That of a package, where they are
// unpacked, does as it is or without its end.
[[nodiscard]] bool matches(const queue::DropSettings& drop, const std::string& file_name);

// The table a file of this route goes to: the route's table, or the group `table` of its pattern, or the subdirectory's
// name. `subdirectory` is the path below the drop directory, "" at its top. Errors: invalid_argument with a sentence
// that names file, pattern and an example of a name that would fit.
Result<queue::TableKey> table_of(const queue::Route& route, const std::string& file_name,
                                 const std::string& subdirectory);

}  // namespace dropload::intake
