#pragma once

// Finding the type of a column from all its values, and the format of its dates. Pure; one thread.

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/service/typing.h"

namespace dropload::service {

// How the dates of a column are written: by which of the known formats, or in the way that is usual in the column. A
// value that none of them reads ("n/a") says nothing about the others.
class DateProfile {
 public:
  // `usual`: how the column's dates were written so far; it goes before the known formats.
  explicit DateProfile(std::optional<DateFormat> usual = std::nullopt);

  // False when no format reads the value.
  bool observe(std::string_view trimmed_text);
  // Is there a format that reads every value that any format reads?
  [[nodiscard]] bool agrees() const { return alive_ != 0; }
  // For a date column: the formats that read all that can be read; where the values contradict each other, all formats,
  // and what they read differently is refused. A format is worth keeping when no other one fits; one that says nothing
  // about day and month does not take the place of the usual one.
  [[nodiscard]] ColumnRules rules() const;
  // See ColumnProfile.
  [[nodiscard]] bool can_guess() const { return has_dates_ && std::popcount(alive_) == 1; }

 private:
  bool is_alive(std::size_t i) const { return (alive_ >> i & 1u) != 0; }
  bool is_read_by_another(std::string_view text) const;

  bool has_usual_;
  std::vector<DateFormat> formats_;
  std::uint32_t alive_;  // one bit for each of formats_: it read all that could be read so far
  bool has_dates_ = false;
  bool has_time_ = false;
};

// What is remembered of a column whose dates were found to be written as `found`.
std::string format_to_keep(const std::optional<DateFormat>& usual, const DateFormat& found);

// The type found is one that takes every value, so that detection never makes rows fail. Careful where a number would
// lose something: leading zeros ("00123"), a leading plus, whole numbers beyond 64 bits, decimals with more digits than
// a double holds and amounts in several currencies stay text. 0 and 1 are numbers; true/false and yes/no are booleans.
class ColumnProfile {
 public:
  // `format`: CONFIG's date format for this column; if it reads every value the column is a date, if not the known
  // formats are tried.
  explicit ColumnProfile(NumberFormat numbers, std::optional<DateFormat> format = std::nullopt);

  void observe(std::string_view text);
  // A column without any value is plain text.
  [[nodiscard]] ColumnRules rules() const;
  // Are the rules, as those of the rows so far, good enough to try all rows with? Not while nothing, or too much, fits.
  [[nodiscard]] bool can_guess() const;

 private:
  void observe_numbers(std::string_view text);
  void observe_amounts(std::string_view text);
  [[nodiscard]] bool is_alive(DataType type) const { return (alive_ >> static_cast<unsigned>(type) & 1u) != 0; }
  void drop(DataType type) { alive_ &= ~(1u << static_cast<unsigned>(type)); }

  NumberFormat numbers_;
  std::optional<DateFormat> format_;  // gone when a value did not fit
  DateProfile dates_;
  std::uint32_t alive_;        // one bit for each DataType that took every value so far
  std::string_view currency_;  // the sign of the first amount
  bool has_values_ = false;
  bool has_line_breaks_ = false;
};

}  // namespace dropload::service
