#include "daemon/service/typing_checker.h"

#include <cstdint>
#include <limits>

#include "daemon/service/typing_text.h"

namespace dropload::service {
namespace {

std::optional<Value> whole(std::string_view text, NumberFormat format, std::int64_t least) {
  const auto number = NumberText::read(text, format);
  const auto value = number ? number->whole() : std::nullopt;
  if (!value || *value < least) return std::nullopt;
  return Value(*value);
}

// A double holds every whole number up to 2^53, and few of those beyond.
std::optional<Value> exact_decimal(const NumberText& number) {
  constexpr std::int64_t all_held = std::int64_t{1} << std::numeric_limits<double>::digits;
  const auto whole_number = number.whole();
  if (whole_number && (*whole_number > all_held || *whole_number < -all_held)) return Value(*whole_number);
  const auto value = number.decimal();
  return value ? std::optional<Value>(*value) : std::nullopt;
}

template <typename T>
std::optional<Value> stored(std::optional<T> value) {
  return value ? std::optional<Value>(*value) : std::nullopt;
}

}  // namespace

std::optional<Value> ColumnChecker::check(std::string_view text) {
  switch (rules_.type) {
    case DataType::plain:
    case DataType::multi_line:
    case DataType::geo:
      return text.empty() ? Value() : Value(text);
    default:
      text = trimmed(text);
      if (text.empty()) return Value();
      return rules_.is_guess ? check_as_found(text) : check_trimmed(text);
  }
}

// Takes what ColumnProfile would have found this type with.
std::optional<Value> ColumnChecker::check_as_found(std::string_view text) {
  const NumberFormat format = rules_.numbers;
  switch (rules_.type) {
    case DataType::number: {
      const auto number = NumberText::read(text, format);
      if (!number || number->may_be_a_name() || !number->is_written_whole()) return std::nullopt;
      return stored(number->whole());
    }
    case DataType::decimal_number: {
      const auto number = NumberText::read(text, format);
      if (!number || number->may_be_a_name() || !number->is_exact_as_decimal()) return std::nullopt;
      if (number->is_written_whole() && !number->whole()) return std::nullopt;
      return exact_decimal(*number);
    }
    case DataType::currency: {
      const auto amount = Amount::read(text, format);
      if (!amount || amount->sign != rules_.currency || !amount->number.is_exact_as_decimal()) return std::nullopt;
      return stored(amount->value());
    }
    case DataType::percent: {
      const auto percent = read_percent(text, format);
      return percent && percent->is_exact_as_decimal() ? stored(percent->decimal()) : std::nullopt;
    }
    case DataType::boolean: {
      const auto value = read_boolean(text, false);
      return value ? std::optional<Value>(std::int64_t{*value}) : std::nullopt;
    }
    case DataType::date:
      if (!rules_.has_time && text.find(':') != std::string_view::npos) return std::nullopt;
      return check_date(text);
    default:
      return check_trimmed(text);
  }
}

std::optional<Value> ColumnChecker::check_trimmed(std::string_view text) {
  const NumberFormat format = rules_.numbers;
  switch (rules_.type) {
    case DataType::number:
      return whole(text, format, INT64_MIN);
    case DataType::positive_number:
    case DataType::auto_number:
      return whole(text, format, 0);
    case DataType::decimal_number: {
      const auto number = NumberText::read(text, format);
      return number ? exact_decimal(*number) : std::nullopt;
    }
    case DataType::currency: {
      const auto amount = Amount::read(text, format);
      return stored(amount ? amount->value() : read_decimal(text, format));
    }
    case DataType::percent: {
      const auto percent = read_percent(text, format);
      return stored(percent ? percent->decimal() : read_decimal(text, format));
    }
    case DataType::date:
      return check_date(text);
    case DataType::boolean: {
      const auto value = read_boolean(text, true);
      return value ? std::optional<Value>(std::int64_t{*value}) : std::nullopt;
    }
    case DataType::email:
      return is_email(text) ? std::optional<Value>(text) : std::nullopt;
    default:
      return is_url(text) ? std::optional<Value>(text) : std::nullopt;
  }
}

std::optional<Value> ColumnChecker::check_date(std::string_view text) {
  std::optional<Moment> read;
  is_ambiguous_ = false;
  for (const DateFormat& format : rules_.dates) {
    const auto moment = format.parse(text);
    if (!moment) continue;
    is_ambiguous_ = read && *moment != *read;
    if (is_ambiguous_) return std::nullopt;
    read = moment;
    if (!rules_.dates_must_agree) break;
  }
  if (!read) return std::nullopt;
  return Value(write_iso(*read, rules_.has_time, scratch_));
}

std::string_view ColumnChecker::complaint() const {
  switch (rules_.type) {
    case DataType::number:
      return "Not a whole number";
    case DataType::positive_number:
    case DataType::auto_number:
      return "Not a whole number of zero or more";
    case DataType::decimal_number:
      return "Not a number";
    case DataType::currency:
      return "Not an amount of money";
    case DataType::percent:
      return "Not a percentage";
    case DataType::date:
      if (is_ambiguous_) {
        return "Day and month cannot be told apart, the file's dates are written in several ways";
      }
      return rules_.dates.size() == 1 ? "Not a date in the column's format" : "Not a date in a known format";
    case DataType::boolean:
      return "Neither true nor false";
    case DataType::email:
      return "Not an e-mail address";
    case DataType::url:
      return "Not a URL";
    default:
      return "Not a text";
  }
}

}  // namespace dropload::service
