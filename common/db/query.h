#pragma once

// One use of a cached statement: bound when it is made, stepped, and reset when it goes, so that no read transaction
// stays open by accident.
//
//   Query query(database, "SELECT name FROM t WHERE id > ?", id);
//   while (query.step()) names.push_back(query.get<std::string>(0));
//
// Failures are SQLite::Exception. Not two at once with the same text.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "common/base/clock.h"
#include "common/db/database.h"

namespace dropload::db {

// Bytes that are bound as a BLOB. Read one as std::string.
struct Blob {
  std::string_view bytes;
};

class Query {
 public:
  // Values are bound in order: integers, bool, double, text, Blob, Time, and std::optional of those (nothing is NULL).
  // Text is copied; a Blob is not, and has to last as long as the Query.
  template <typename... Values>
  Query(Database& database, std::string_view sql, const Values&... values) : statement_(database.statement(sql)) {
    int index = 0;
    (bind(++index, values), ...);
  }
  ~Query() { statement_.tryReset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // The next row is there to be read.
  bool step() { return statement_.executeStep(); }
  // Runs a statement that gives no rows; the number of rows it changed.
  int run() { return statement_.exec(); }

  // A column (0 is the first) of the current row. NULL reads as 0 or "", unless an optional is asked for.
  template <typename T>
  T get(int column) const {
    return read(column, static_cast<T*>(nullptr));
  }

 private:
  template <typename T>
  void bind(int index, const T& value) {
    if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      statement_.bind(index, std::string(std::string_view(value)));
    } else if constexpr (std::is_same_v<T, Blob>) {
      statement_.bindNoCopy(index, value.bytes.data(), static_cast<int>(value.bytes.size()));
    } else if constexpr (std::is_same_v<T, Time>) {
      statement_.bind(index, value.ms);
    } else if constexpr (std::is_same_v<T, double>) {
      statement_.bind(index, value);
    } else {
      static_assert(std::is_integral_v<T>, "only numbers, text and times can be bound");
      statement_.bind(index, static_cast<std::int64_t>(value));
    }
  }
  template <typename T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      statement_.bind(index);
    }
  }

  template <typename T>
  T read(int column, T*) const {
    const SQLite::Column value = statement_.getColumn(column);
    if constexpr (std::is_same_v<T, std::string>) {
      return value.getString();
    } else if constexpr (std::is_same_v<T, Time>) {
      return Time{value.getInt64()};
    } else if constexpr (std::is_same_v<T, bool>) {
      return value.getInt64() != 0;
    } else if constexpr (std::is_same_v<T, double>) {
      return value.getDouble();
    } else {
      static_assert(std::is_integral_v<T>, "only numbers, text and times can be read");
      return static_cast<T>(value.getInt64());
    }
  }
  template <typename T>
  std::optional<T> read(int column, std::optional<T>*) const {
    if (statement_.isColumnNull(column)) return std::nullopt;
    return get<T>(column);
  }

  SQLite::Statement& statement_;
};

}  // namespace dropload::db
