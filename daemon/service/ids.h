#pragma once

// Ids as the real service gives them: 19 digits, so text in JSON. Never given twice, restarts included: blocks of them
// are reserved in service.db, and what is left of a block at the end of a process is lost.
//
// One thread.

#include <cstdint>
#include <string>

#include "common/base/random.h"
#include "common/base/result.h"
#include "common/db/database.h"

namespace dropload::service {

class Ids {
 public:
  // Begins at a random place at the first start. Errors: those of SQLite.
  static Result<Ids> open(db::Database& database, Random& random);

  // Ascending. Errors: those of SQLite, when a new block is due.
  Result<std::string> next();

 private:
  explicit Ids(db::Database& database) : database_(&database) {}

  db::Database* database_;
  std::int64_t next_ = 0;
  std::int64_t end_ = 0;  // of the reserved block
};

}  // namespace dropload::service
