#pragma once

// Packages and the ends of their members. Private to the room.
//
// The last member that is put away waits until its package has been: so whoever puts members away, and tries again
// after a failure or a crash, sees to the package as well.

#include <optional>
#include <string>

#include "common/db/query.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

// stale when all others of its package are put away, and the package is not.
Result<void> check_not_last_member(db::Database& database, SubmissionId id);
// Where the package lies that this one, which is done, came in; nothing before that has been put away, and for others.
std::optional<std::string> place_in_package(db::Database& database, SubmissionId id);

}  // namespace dropload::queue
