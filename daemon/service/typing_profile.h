#pragma once

// Finding the type of a column from all its values, and the format of its dates. Pure; one thread.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/service/typing.h"

namespace dropload::service {

// Which of the known date formats read every value of a column.
class DateProfile {
 public:
  DateProfile();

  void observe(std::string_view trimmed_text);
  [[nodiscard]] bool fits() const { return alive_ != 0; }
  [[nodiscard]] bool has_time() const { return has_time_; }
  // The formats that read every value, or all known ones when none does: then each value is read by the first that fits
  // it.
  [[nodiscard]] std::vector<DateFormat> formats() const;

 private:
  std::uint32_t alive_;  // one bit for each of DateFormat::known()
  bool has_time_ = false;
};

// The type found is one that takes every value, so that detection never makes rows fail. Careful where a number would
// lose something: leading zeros ("00123"), a leading plus and whole numbers beyond 64 bits stay text. 0 and 1 are
// numbers; true/false and yes/no are booleans.
class ColumnProfile {
 public:
  // `format`: CONFIG's date format for this column; if it reads every value the column is a date, if not the known
  // formats are tried.
  explicit ColumnProfile(NumberFormat numbers, std::optional<DateFormat> format = std::nullopt);

  void observe(std::string_view text);
  // A column without any value is plain text.
  [[nodiscard]] ColumnRules rules() const;

 private:
  void observe_numbers(std::string_view text);
  [[nodiscard]] bool is_alive(DataType type) const { return (alive_ >> static_cast<unsigned>(type) & 1u) != 0; }
  void drop(DataType type) { alive_ &= ~(1u << static_cast<unsigned>(type)); }

  NumberFormat numbers_;
  std::optional<DateFormat> format_;  // gone when a value did not fit
  DateProfile dates_;
  std::uint32_t alive_;  // one bit for each DataType that took every value so far
  bool has_values_ = false;
  bool has_line_breaks_ = false;
};

}  // namespace dropload::service
