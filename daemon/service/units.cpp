#include "daemon/service/units.h"

#include "common/db/query.h"
#include "daemon/service/service_database.h"

namespace dropload::service {
namespace {

std::int64_t day_of(Time time) {
  return time.ms / (24 * 3'600 * 1'000);
}

}  // namespace

std::int64_t units_of(const zoho::JobDetails& ended) {
  if (!ended.summary) return 0;
  const std::int64_t of_a_thousand = ended.summary->import_type == "UPDATEADD" ? 15 : 10;
  return (ended.summary->total_rows + 999) / 1'000 * of_a_thousand;
}

void charge_units(db::Database& database, std::string_view job_id, std::int64_t units, Time now) {
  if (units == 0) return;
  db::Query(database,
            "INSERT INTO units_used (organization_id, day, units) SELECT organization_id, ?, ? FROM job WHERE id = ? "
            "ON CONFLICT (organization_id, day) DO UPDATE SET units = units + excluded.units",
            day_of(now), units, job_id)
      .run();
}

Result<std::int64_t> units_used(db::Database& database, std::string_view organization_id, Time now) {
  return guarded("cannot read the units of the day", [&]() -> Result<std::int64_t> {
    db::Query query(database, "SELECT units FROM units_used WHERE organization_id = ? AND day = ?", organization_id,
                    day_of(now));
    return query.step() ? query.get<std::int64_t>(0) : 0;
  });
}

}  // namespace dropload::service
