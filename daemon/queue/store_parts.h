#pragma once

// What the files that make up the store share.

#include <atomic>
#include <memory>
#include <string_view>
#include <type_traits>

#include "common/db/savepoint.h"
#include "daemon/queue/store.h"

namespace dropload::queue {

struct Store::Parts {
  std::unique_ptr<db::Database> database;
  std::atomic<SubmissionId> last_id{0};
};

// The door at which SQLite's exceptions become Errors. `what` is what cannot be done when they do.
template <typename Work>
std::invoke_result_t<Work, db::Database&> read(db::Database& database, std::string_view what, Work work) {
  try {
    return work(database);
  } catch (const SQLite::Exception& exception) {
    return db::error_from_sqlite(exception, what);
  }
}

// The same for a call that writes: all of it happens, or, on an error of any kind, nothing.
template <typename Work>
std::invoke_result_t<Work, db::Database&> change(db::Database& database, std::string_view what, Work work) {
  return read(database, what, [&work](db::Database& inside) {
    db::Savepoint savepoint(inside);
    auto result = work(inside);
    if (result) savepoint.release();
    return result;
  });
}

// The earlier one's row says where its original went: it has exactly one place. stale when it has none any more.
Result<void> take_over(db::Database& database, SubmissionId earlier, SubmissionId retry, Time now);

}  // namespace dropload::queue
