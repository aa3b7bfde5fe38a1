#include "common/db/query.h"
#include "daemon/queue/store_parts.h"

// What came, for whoever expects files, and since when they are expected.

namespace dropload::queue {

Result<std::vector<Arrival>> Store::arrivals_before(SubmissionId id, int most) {
  return read(database(), "cannot read what has come", [&](db::Database& d) -> Result<std::vector<Arrival>> {
    db::Query query(d,
                    "SELECT id, route, file_name, accepted_at, size, retry_of IS NOT NULL, state = 'cancelled' AND "
                    "duplicate_of IS NOT NULL FROM submission WHERE id < ? ORDER BY id DESC LIMIT ?",
                    id, most);
    std::vector<Arrival> arrivals;
    while (query.step()) {
      arrivals.push_back({query.get<SubmissionId>(0), query.get<std::string>(1), query.get<std::string>(2),
                          query.get<Time>(3), query.get<std::uint64_t>(4), query.get<bool>(5), query.get<bool>(6)});
    }
    return arrivals;
  });
}

Result<Time> Store::expected_since(const std::string& route, const std::string& text, Time now) {
  return change(database(), "cannot write since when a file is expected", [&](db::Database& d) -> Result<Time> {
    db::Query(d, "INSERT OR IGNORE INTO expectation (route, text, since) VALUES (?, ?, ?)", route, text, now).run();
    db::Query query(d, "SELECT since FROM expectation WHERE route = ? AND text = ?", route, text);
    query.step();
    return query.get<Time>(0);
  });
}

Result<void> Store::forget_expectations(const std::vector<std::pair<std::string, std::string>>& kept) {
  return change(database(), "cannot forget which files were expected", [&](db::Database& d) -> Result<void> {
    std::vector<std::pair<std::string, std::string>> gone;
    {
      db::Query query(d, "SELECT route, text FROM expectation");
      while (query.step()) {
        std::pair one{query.get<std::string>(0), query.get<std::string>(1)};
        if (std::ranges::find(kept, one) == kept.end()) gone.push_back(std::move(one));
      }
    }
    for (const auto& [route, text] : gone) {
      db::Query(d, "DELETE FROM expectation WHERE route = ? AND text = ?", route, text).run();
    }
    return {};
  });
}

}  // namespace dropload::queue
