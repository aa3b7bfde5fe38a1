#include "daemon/queue/timeline.h"

#include "common/db/query.h"
#include "daemon/queue/store_parts.h"

namespace dropload::queue {

Result<EventId> newest_event(Store& store) {
  return read(store.database(), "cannot read what happened last", [](db::Database& d) -> Result<EventId> {
    db::Query query(d, "SELECT coalesce(max(id), 0) FROM event");
    query.step();
    return query.get<EventId>(0);
  });
}

Result<std::vector<Happened>> happened_after(Store& store, EventId id, int most) {
  using All = std::vector<Happened>;
  return read(store.database(), "cannot read what happened", [&](db::Database& d) -> Result<All> {
    db::Query query(d,
                    "SELECT e.id, e.submission, e.at, e.what, s.state, s.route, l.organization, l.tbl, s.file_name "
                    "FROM event e JOIN submission s ON s.id = e.submission JOIN lane l ON l.id = s.lane WHERE e.id > "
                    "? ORDER BY e.id LIMIT ?",
                    id, most);
    All all;
    while (query.step()) {
      all.push_back({query.get<EventId>(0), query.get<SubmissionId>(1), query.get<Time>(2), query.get<std::string>(3),
                     parse_submission_state(query.get<std::string>(4)).value(), query.get<std::string>(5),
                     query.get<std::string>(6), query.get<std::string>(7), query.get<std::string>(8)});
    }
    return all;
  });
}

Result<AllPauses> all_pauses(Store& store) {
  return read(store.database(), "cannot read what is paused", [](db::Database& d) -> Result<AllPauses> {
    AllPauses all;
    db::Query organizations(d, "SELECT organization, reason FROM pause");
    while (organizations.step())
      all.organizations.emplace(organizations.get<std::string>(0), organizations.get<std::string>(1));
    db::Query routes(d, "SELECT route, reason FROM route_pause");
    while (routes.step()) all.routes.emplace(routes.get<std::string>(0), routes.get<std::string>(1));
    return all;
  });
}

}  // namespace dropload::queue
