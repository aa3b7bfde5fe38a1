#include "daemon/queue/strangers.h"

namespace dropload::queue {
namespace {

using db::Query;

// A series has its slot at the service from its first batch on, while it is still uploading.
int count_slots(db::Database& database, const std::string& organization, bool uploading_too) {
  Query query(database,
              uploading_too ? "SELECT count(*) FROM job WHERE organization = ? AND holds_slot = 1"
                            : "SELECT count(*) FROM job WHERE organization = ? AND holds_slot = 1 AND (state <> "
                              "'uploading' OR batch_key IS NOT NULL)",
              organization);
  query.step();
  return query.get<int>(0);
}

void write(db::Database& database, const std::string& organization, const Strangers& known) {
  Query(database,
        "INSERT OR REPLACE INTO strangers (organization, ours, refusals, probe_at, told_at) VALUES (?, ?, ?, ?, ?)",
        organization, known.ours, known.refusals, known.probe_at, known.told_at)
      .run();
}

}  // namespace

std::optional<Strangers> strangers_in(db::Database& database, const std::string& organization) {
  Query query(database, "SELECT ours, refusals, probe_at, told_at FROM strangers WHERE organization = ?", organization);
  if (!query.step()) return std::nullopt;
  return Strangers{query.get<int>(0), query.get<int>(1), query.get<Time>(2), query.get<Time>(3)};
}

void note_no_slot(db::Database& database, const std::string& organization, Time probe_at, Time now) {
  auto known = strangers_in(database, organization).value_or(Strangers{});
  known.ours = count_slots(database, organization, true);
  known.told_at = now;
  if (now >= known.probe_at) {
    ++known.refusals;
    known.probe_at = probe_at;
  }
  write(database, organization, known);
}

void note_slot_taken(db::Database& database, const std::string& organization, Time probe_at, Time now) {
  auto known = strangers_in(database, organization);
  if (!known) return;
  const int held = count_slots(database, organization, false);
  if (held <= known->ours) return;
  if (held >= zoho::max_jobs_of_an_organization) {
    Query(database, "DELETE FROM strangers WHERE organization = ?", organization).run();
    return;
  }
  write(database, organization, {held, 0, probe_at, now});
}

}  // namespace dropload::queue
