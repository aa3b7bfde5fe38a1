#include <cmath>

#include "common/db/query.h"
#include "daemon/queue/overview.h"
#include "daemon/queue/store_parts.h"

namespace dropload::queue {
namespace {

// How many took about so long: by eighths of a power of two, from the shortest.
using TimesTaken = std::vector<std::pair<std::int64_t, std::uint64_t>>;

std::int64_t middle_of_eighth(std::int64_t eighth) {
  return std::llround(std::exp2((static_cast<double>(eighth) + 0.5) / 8));
}

// So many of a hundred took no longer.
std::int64_t percentile(const TimesTaken& taken, std::uint64_t all, std::uint64_t percent) {
  const std::uint64_t rank = (all * percent + 99) / 100;
  std::uint64_t seen = 0;
  for (const auto& [eighth, count] : taken) {
    seen += count;
    if (seen >= rank) return middle_of_eighth(eighth);
  }
  return 0;
}

std::optional<Spread> spread_of(const TimesTaken& taken) {
  std::uint64_t all = 0;
  for (const auto& [eighth, count] : taken) all += count;
  if (all == 0) return {};
  return Spread{percentile(taken, all, 50), percentile(taken, all, 95)};
}

void read_ends(db::Database& d, std::int64_t first, std::vector<Bucket>& buckets) {
  db::Query query(d, "SELECT at, done, failed, rows, bytes FROM quarter WHERE at >= ?", first);
  while (query.step()) {
    const auto place = static_cast<std::size_t>(query.get<std::int64_t>(0) - first);
    if (place >= buckets.size()) continue;  // the clock was set back
    auto& bucket = buckets[place];
    bucket.done = query.get<std::uint64_t>(1);
    bucket.failed = query.get<std::uint64_t>(2);
    bucket.rows = query.get<std::uint64_t>(3);
    bucket.bytes = query.get<std::uint64_t>(4);
  }
}

void read_times(db::Database& d, std::int64_t first, std::vector<Bucket>& buckets) {
  std::vector<std::pair<TimesTaken, TimesTaken>> times(buckets.size());
  db::Query query(d, "SELECT at, what, eighth, count FROM quarter_time WHERE at >= ? ORDER BY at, what, eighth", first);
  while (query.step()) {
    const auto place = static_cast<std::size_t>(query.get<std::int64_t>(0) - first);
    if (place >= buckets.size()) continue;
    auto& taken = query.get<std::string>(1) == "wait" ? times[place].first : times[place].second;
    taken.emplace_back(query.get<std::int64_t>(2), query.get<std::uint64_t>(3));
  }
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    buckets[i].wait = spread_of(times[i].first);
    buckets[i].import_ms = spread_of(times[i].second);
  }
}

}  // namespace

Result<std::vector<Bucket>> read_throughput(Store& store, int hours, Time now) {
  if (hours < 1 || hours > longest_throughput_hours)
    return error(Errc::invalid_argument, "hours must be a whole number from 1 to {}", longest_throughput_hours);
  return read(store.database(), "cannot read what ended when", [&](db::Database& d) -> Result<std::vector<Bucket>> {
    const auto length = bucket_length.count();
    const std::int64_t count = hours * (3'600'000 / length);
    const std::int64_t first = now.ms / length - count + 1;
    std::vector<Bucket> buckets(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) buckets[static_cast<std::size_t>(i)].at = Time{(first + i) * length};
    read_ends(d, first, buckets);
    read_times(d, first, buckets);
    return buckets;
  });
}

}  // namespace dropload::queue
