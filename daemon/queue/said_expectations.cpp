#include "daemon/queue/said_expectations.h"

#include "common/db/query.h"
#include "daemon/queue/store_parts.h"

namespace dropload::queue {

Result<SaidOfExpectation> said_of_expectation(Store& store, const std::string& route, const std::string& text) {
  return read(store.database(), "cannot read what was said of files that are expected",
              [&](db::Database& d) -> Result<SaidOfExpectation> {
                db::Query query(d, "SELECT said, said_due FROM expectation WHERE route = ? AND text = ?", route, text);
                if (!query.step()) return SaidOfExpectation{};
                return SaidOfExpectation{query.get<std::string>(0), query.get<std::optional<Time>>(1)};
              });
}

Result<void> note_said(Store& store, const std::string& route, const std::string& text, const SaidOfExpectation& said) {
  return change(store.database(), "cannot note what was said of files that are expected",
                [&](db::Database& d) -> Result<void> {
                  db::Query(d, "UPDATE expectation SET said = ?, said_due = ? WHERE route = ? AND text = ?", said.what,
                            said.due, route, text)
                      .run();
                  return {};
                });
}

}  // namespace dropload::queue
