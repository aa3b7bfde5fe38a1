#pragma once

// Part of a transaction that can be undone by itself: all of what is done while it lives, or, unless it is released,
// nothing. Savepoints nest; one outside any transaction is a transaction, and releasing it is the commit.

#include "common/db/database.h"

namespace dropload::db {

class Savepoint {
 public:
  // Throws SQLite::Exception, as release() does.
  explicit Savepoint(Database& database);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;

  void release();

 private:
  Database& database_;
  bool released_ = false;
};

}  // namespace dropload::db
