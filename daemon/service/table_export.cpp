#include "daemon/service/table_export.h"

#include "daemon/service/warehouse_catalogue.h"

namespace dropload::service {
namespace {

const Column* column_named(const View& view, std::string_view name) {
  const auto found =
      std::ranges::find_if(view.columns, [&](const Column& column) { return same_name(column.name, name); });
  return found == view.columns.end() ? nullptr : &*found;
}

Value value_of(const SQLite::Column& column) {
  if (column.isNull()) return {};
  if (column.isInteger()) return column.getInt64();
  if (column.isFloat()) return column.getDouble();
  const char* bytes = static_cast<const char*>(column.getBlob());
  return std::string_view(bytes == nullptr ? "" : bytes, static_cast<std::size_t>(column.getBytes()));
}

// Where all names of the number are taken, rows come as they are stored, which is the same order.
std::string in_order_of_rows(const View& view) {
  const std::string_view number = row_number_name(view);
  return number.empty() ? "" : fmt::format(" ORDER BY {}", number);
}

}  // namespace

Checked<std::shared_ptr<TableExport>> TableExport::open(Warehouse& warehouse, const View& view,
                                                        zoho::ExportConfig config, Pool& pool, const Clock& clock) {
  auto reading = warehouse.begin_reading();
  if (!reading) {
    if (reading.error().code == Errc::busy) return zoho::refuse(6045, reading.error().message);
    return zoho::refuse(7005, reading.error().message);
  }
  std::shared_ptr<TableExport> made(new TableExport(std::move(*reading), pool, clock));
  try {
    if (auto refusal = made->prepare(view, std::move(config))) return std::move(*refusal);
  } catch (const SQLite::Exception& exception) {
    return zoho::refuse(7005, db::error_from_sqlite(exception, "cannot read the warehouse").message);
  }
  return made;
}

std::optional<zoho::Refusal> TableExport::prepare(const View& wanted, zoho::ExportConfig config) {
  db::Database& database = reading_.database();
  const auto view = read_view(database, wanted.workspace_id, wanted.id);
  if (!view) return zoho::refuse(7104, "View not found! Please check whether the view exists in the workspace.");
  std::vector<std::string> names;
  std::vector<DataType> types;
  std::string list;
  const auto add = [&](const Column& column) {
    list += (list.empty() ? "" : ", ") + quoted_name(column.name);
    names.push_back(column.name);
    types.push_back(column.type);
  };
  for (const std::string& name : config.selected_columns) {
    const Column* column = column_named(*view, name);
    if (column == nullptr) {
      return zoho::refuse(8046, fmt::format("The selected column {} is not in the table {}.", name, view->name));
    }
    add(*column);
  }
  if (config.selected_columns.empty()) std::ranges::for_each(view->columns, add);
  values_.resize(names.size());
  rows_.emplace(database.raw(),
                fmt::format("SELECT {} FROM {}{}", list, quoted_name(view->table), in_order_of_rows(*view)));
  writer_.emplace(std::move(config), std::move(names), std::move(types));
  writer_->begin(piece_);
  return std::nullopt;
}

http::Awaitable<Result<std::string_view>> TableExport::next() {
  const auto filled = co_await pool_.run([this] { return fill(); });
  if (!filled) co_return filled.error();
  co_return std::string_view(piece_);
}

Result<void> TableExport::fill() {
  if (clock_.now() - began_ > most_time) return error(Errc::timed_out, "the export was not read within an hour");
  // The first piece begins with what prepare() wrote.
  if (has_begun_) piece_.clear();
  has_begun_ = true;
  try {
    while (!at_end_ && piece_.size() < piece_bytes) {
      if (!rows_->executeStep()) {
        at_end_ = true;
        writer_->end(piece_);
        break;
      }
      for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = value_of(rows_->getColumn(static_cast<int>(i)));
      writer_->row(piece_, values_);
    }
    return {};
  } catch (const SQLite::Exception& exception) {
    return db::error_from_sqlite(exception, "cannot read the warehouse");
  }
}

}  // namespace dropload::service
