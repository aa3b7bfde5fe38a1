#include "daemon/queue/bodies.h"

#include "common/db/query.h"
#include "daemon/queue/store_parts.h"

namespace dropload::queue {

using db::Query;

Result<void> keep_body(Store& store, SubmissionId id, std::string_view bytes) {
  return change(store.database(), "cannot keep the submission's bytes", [&](db::Database& d) -> Result<void> {
    Query(d, "INSERT INTO body (submission, bytes) VALUES (?, ?)", id, db::Blob{bytes}).run();
    return {};
  });
}

Result<std::optional<std::string>> body_of(Store& store, SubmissionId id) {
  using Body = std::optional<std::string>;
  return read(store.database(), "cannot read the submission's bytes", [&](db::Database& d) -> Result<Body> {
    Query query(d, "SELECT bytes FROM body WHERE submission = ?", id);
    return query.step() ? Body(query.get<std::string>(0)) : Body();
  });
}

void forget_body(db::Database& database, SubmissionId id) {
  Query(database, "DELETE FROM body WHERE submission = ?", id).run();
}

}  // namespace dropload::queue
