#pragma once

// Is the first record of a file a row rather than a header, so surely that a person should be told? Pure.
//
// A header is not to be taken for a row for short words in it (`id,no`), or because it names years (`country,2019`).
// So it is one only where half of its fields at least are numbers, dates or addresses, of the kind of all that stands
// beneath them in the next records; where no name stands over values; and where its numbers do not count the columns.
// Without a record beneath all of its fields must be values.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "common/csv/value_like.h"

namespace dropload::csv {

class RowLike {
 public:
  // Of the records beneath the first so many are looked at.
  static constexpr std::int64_t records_looked_at = 20;

  // The first record's fields, quotes may be around them.
  explicit RowLike(std::span<const std::string_view> first);
  // One beneath it.
  void look_at(std::span<const std::string_view> record);

  [[nodiscard]] bool is_a_row() const;
  // How many of the first record's fields are values.
  [[nodiscard]] std::size_t values() const { return values_; }

 private:
  struct Column {
    ValueKind kind = ValueKind::nothing;  // in the first record
    bool has_kind = false;                // beneath it: one of that kind,
    bool has_other = false;               // one of another,
    bool has_value = false;               // one that is no text
  };
  std::vector<Column> columns_;
  std::size_t values_ = 0;
  bool has_records_ = false;
  bool counts_ = false;    // the numbers name columns
  bool all_count_ = true;  // those of every record beneath do so too
};

}  // namespace dropload::csv
