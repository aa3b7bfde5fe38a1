#pragma once

// Reading a table from its first row to its last, for the export call.

#include <memory>
#include <optional>
#include <string>

#include "common/db/database.h"
#include "common/http/server.h"
#include "daemon/service/export_format.h"
#include "daemon/service/pool.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {

// One export, with a connection of its own. It sees the table as it was when it began: loads that are running then or
// begin later neither show nor wait. Memory does not grow with the table.
class TableExport final : public http::BodySource {
 public:
  // Pieces of about this size.
  static constexpr std::size_t piece_bytes = 256 * 1024;
  // A client that takes longer than this to read it all is broken off: as long as an export runs, the warehouse's log
  // (warehouse.db-wal) cannot be cleared.
  static constexpr Milliseconds most_time{3'600'000};

  // Refusals: 7104 the view is gone · 8046 a selected column that it has not · 6045 as many exports as there may be at
  // once · 7005.
  static Checked<std::shared_ptr<TableExport>> open(Warehouse& warehouse, const View& view, zoho::ExportConfig config,
                                                    Pool& pool, const Clock& clock);

  http::Awaitable<Result<std::string_view>> next() override;

 private:
  TableExport(Warehouse::Reading reading, Pool& pool, const Clock& clock)
      : reading_(std::move(reading)), pool_(pool), clock_(clock), began_(clock.now()) {}
  std::optional<zoho::Refusal> prepare(const View& wanted, zoho::ExportConfig config);
  Result<void> fill();

  Warehouse::Reading reading_;
  Pool& pool_;
  const Clock& clock_;
  Time began_;
  std::optional<SQLite::Statement> rows_;  // goes before its connection
  std::optional<ExportWriter> writer_;
  std::vector<Value> values_;
  std::string piece_;
  bool has_begun_ = false;
  bool at_end_ = false;
};

}  // namespace dropload::service
