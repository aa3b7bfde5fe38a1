#include "daemon/service/ids.h"

#include "common/db/query.h"
#include "daemon/service/service_database.h"

namespace dropload::service {
namespace {

constexpr std::int64_t block = 1000;

// 19 digits with room for a quadrillion ids behind it.
std::int64_t first_id(Random& random) {
  const auto prefix = static_cast<std::int64_t>(1000 + random.fraction() * 8000);
  return prefix * 1'000'000'000'000'000 + 1;
}

}  // namespace

Result<Ids> Ids::open(db::Database& database, Random& random) {
  return guarded("cannot prepare ids", [&]() -> Result<Ids> {
    db::Query(database, "INSERT OR IGNORE INTO id_block (only, next) VALUES (1, ?)", first_id(random)).run();
    return Ids(database);
  });
}

Result<std::string> Ids::next() {
  if (next_ == end_) {
    const auto reserved = guarded("cannot reserve ids", [&]() -> Result<std::int64_t> {
      db::Query(*database_, "UPDATE id_block SET next = next + ?", block).run();
      db::Query query(*database_, "SELECT next FROM id_block");
      query.step();
      return query.get<std::int64_t>(0);
    });
    if (!reserved) return reserved.error();
    end_ = *reserved;
    next_ = end_ - block;
  }
  return std::to_string(next_++);
}

}  // namespace dropload::service
