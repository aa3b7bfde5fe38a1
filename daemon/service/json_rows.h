#pragma once

// One record of a JSON file as rows of a table (import_file.h says how). Fed by the parser.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/service/json_events.h"
#include "daemon/service/json_outline.h"
#include "daemon/service/json_paths.h"

namespace dropload::service {

class JsonRows : public JsonEvents<JsonRows> {
 public:
  // `decimals`: for each column the decimal separator that its numbers are read by later. The outline outlives this.
  JsonRows(const JsonOutline& outline, std::vector<char> decimals);
  JsonRows(const JsonRows&) = delete;  // its fields point into it
  JsonRows& operator=(const JsonRows&) = delete;

  // The next record; it is JSON and known to the outline. False when it holds more values than are kept in memory.
  bool take(std::string_view json);
  // The next row of the record, valid until the next call; false when there is none left.
  bool next();
  [[nodiscard]] std::span<const std::string_view> fields() const { return fields_; }

  bool value(std::string_view text, JsonKind kind);
  bool member(std::string_view key);
  bool open(bool is_array);
  bool close(bool is_array);

 private:
  // The record, or one element of an array in it: the rows that its values stand in.
  struct Scope {
    std::uint32_t first = 0;
    std::uint32_t rows = 1;
  };
  struct Cell {
    std::uint32_t column;
    std::uint32_t scope;
    std::size_t offset;  // in texts_
    std::size_t size;
  };
  struct Container {
    JsonPaths::Path path;
    JsonPaths::Path member;
    std::uint32_t scope;
    bool is_array;
    std::uint32_t next_row;  // of an array: where its next element begins
  };

  Container place();
  void leave(std::uint32_t scope);
  void add_cell(JsonPaths::Path path, std::uint32_t scope, std::string_view text, JsonKind kind);
  [[nodiscard]] std::uint32_t first_row(const Cell& cell) const { return scopes_[cell.scope].first; }

  const JsonPaths& paths_;
  JsonPaths::Path base_;
  std::vector<char> decimals_;
  std::string outer_texts_;
  std::vector<std::string_view> outer_;  // a record's fields before its own values come

  std::vector<Container> open_;
  std::vector<Scope> scopes_;
  std::vector<Cell> cells_;
  std::string texts_;

  std::uint32_t row_ = 0;  // the next one
  std::size_t cell_ = 0;   // the first of that row
  std::vector<std::string_view> fields_;
  std::vector<std::uint32_t> until_;  // the row in which a field's value is not there any more
};

}  // namespace dropload::service
