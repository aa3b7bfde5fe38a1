#pragma once

// Dates as files write them, read into one form: ISO 8601 text ("2026-11-23", "2026-11-23 06:30:00"), which SQLite's
// own date functions and comparisons understand. Pure.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dropload::service {

struct Moment {
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;

  bool operator==(const Moment&) const = default;
};

// "2026-11-23 06:30:00", with ".125" when there are milliseconds; without the time of day when `with_time` is false and
// it is midnight. Writes at most 24 characters into `out`, which must have room for them.
std::string_view write_iso(const Moment& moment, bool with_time, std::span<char> out);

// A compiled date pattern.
class DateFormat {
 public:
  // Nothing when it is no pattern (common/zoho/date_pattern.h).
  static std::optional<DateFormat> from_java(std::string_view pattern);
  // The format that pattern() gave. Nothing when the text is none.
  static std::optional<DateFormat> remembered(std::string_view pattern);
  // The forms that are recognised without being told: year first, day first, month first, with digits or English month
  // names, each with or without a time of day. Where day and month cannot be told apart by the values, the day comes
  // first.
  static std::span<const DateFormat> known();

  // The whole text must fit. Numbers may have fewer digits than the pattern has letters, years of two digits are
  // 1970-2069, month and day names are English in any case, an offset is applied: the moment is then UTC. Impossible
  // dates (30 February) do not fit.
  [[nodiscard]] std::optional<Moment> parse(std::string_view text) const;
  // Does the pattern itself hold a time of day?
  [[nodiscard]] bool has_time() const { return has_time_; }
  // As it was given to from_java.
  [[nodiscard]] const std::string& pattern() const { return pattern_; }
  // Are day and month numbers side by side before the year, so that a text may read with the two swapped as well?
  [[nodiscard]] bool orders_day_and_month() const;

 private:
  struct Item {
    char letter = 0;  // 0: `literal` stands here
    int count = 0;
    std::string literal;
  };

  std::string pattern_;
  std::vector<Item> items_;
  bool has_time_ = false;
  bool optional_time_ = false;  // of a known form: a usual time of day may follow
  bool exact_digits_ = false;   // of a known form that could be a version: 01.02.26, never 1.2.26
};

}  // namespace dropload::service
