#pragma once

// The SQL of the warehouse: its catalogue and the tables behind the views. Failures are SQLite::Exception; whoever
// changes something holds the transaction.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/db/database.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {

std::span<const db::Migration> catalogue_migrations();

std::vector<View> read_views(db::Database& database, std::string_view workspace_id);
std::optional<View> read_view(db::Database& database, std::string_view workspace_id, std::string_view view_id);
std::optional<View> read_view_by_name(db::Database& database, std::string_view workspace_id, std::string_view name);

struct NewView {
  std::string workspace_id;
  std::string workspace_name;
  std::string name;
  std::vector<Column> columns;  // ids and indexes are given here
};
// Makes the table and its entry. REQUIRES: the workspace has no view of this name; the columns' names differ.
View make_view(db::Database& database, const NewView& wanted, Time now);

// How the dates of the column are written, for later files (DateFormat::pattern).
void keep_date_format(db::Database& database, std::string_view view_id, std::string_view column,
                      std::string_view pattern);

// Within the same SQL type.
void set_column_type(db::Database& database, std::string_view view_id, std::string_view column, DataType type);

std::optional<std::string> read_loaded_job(db::Database& database, std::string_view job_id);
void write_loaded_job(db::Database& database, std::string_view job_id, std::string_view details);
// And its batches, "<job id>.<number>".
void forget_loaded_job(db::Database& database, std::string_view job_id);

// The number that SQLite gives each row, under the one of its three names that no column has taken; "" when all are.
std::string_view row_number_name(const View& view);

// "name" with its quotes doubled.
std::string quoted_name(std::string_view name);

}  // namespace dropload::service
