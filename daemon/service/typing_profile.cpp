#include "daemon/service/typing_profile.h"

#include <array>
#include <utility>

#include "daemon/service/typing_text.h"

namespace dropload::service {
namespace {

// In the order in which they win when several took every value.
constexpr std::array detected{DataType::boolean, DataType::number, DataType::decimal_number, DataType::currency,
                              DataType::percent, DataType::date,   DataType::email,          DataType::url};

std::uint32_t all_detected() {
  std::uint32_t bits = 0;
  for (const DataType type : detected) bits |= 1u << static_cast<unsigned>(type);
  return bits;
}

}  // namespace

DateProfile::DateProfile() : alive_(static_cast<std::uint32_t>((1ull << DateFormat::known().size()) - 1)) {}

void DateProfile::observe(std::string_view trimmed_text) {
  const auto known = DateFormat::known();
  if (trimmed_text.empty()) return;
  if (trimmed_text.find(':') != std::string_view::npos) has_time_ = true;
  for (std::size_t i = 0; i < known.size() && alive_ >> i != 0; ++i) {
    if ((alive_ >> i & 1u) != 0 && !known[i].parse(trimmed_text)) alive_ &= ~(1u << i);
  }
}

std::vector<DateFormat> DateProfile::formats() const {
  const auto known = DateFormat::known();
  std::vector<DateFormat> formats;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (alive_ == 0 || (alive_ >> i & 1u) != 0) formats.push_back(known[i]);
  }
  return formats;
}

ColumnProfile::ColumnProfile(NumberFormat numbers, std::optional<DateFormat> format)
    : numbers_(numbers), format_(std::move(format)), alive_(all_detected()) {}

void ColumnProfile::observe(std::string_view text) {
  has_line_breaks_ = has_line_breaks_ || text.find('\n') != text.npos || text.find('\r') != text.npos;
  text = trimmed(text);
  if (text.empty()) return;
  has_values_ = true;
  if (format_ && !format_->parse(text)) format_.reset();
  if (alive_ == 0) return;
  if (is_alive(DataType::number) || is_alive(DataType::decimal_number)) observe_numbers(text);
  if (is_alive(DataType::boolean) && !read_boolean(text, false)) drop(DataType::boolean);
  if (is_alive(DataType::currency) && !read_amount(text, numbers_)) drop(DataType::currency);
  if (is_alive(DataType::percent) && !read_percent(text, numbers_)) drop(DataType::percent);
  if (is_alive(DataType::email) && !is_email(text)) drop(DataType::email);
  if (is_alive(DataType::url) && !is_url(text)) drop(DataType::url);
  if (is_alive(DataType::date)) {
    dates_.observe(text);
    if (!dates_.fits()) drop(DataType::date);
  }
}

void ColumnProfile::observe_numbers(std::string_view text) {
  const auto number = NumberText::read(text, numbers_);
  const bool is_whole = number && number->is_written_whole();
  const bool keeps_its_meaning =
      number && !number->may_be_a_name() && (is_whole ? number->whole().has_value() : number->decimal().has_value());
  if (!is_whole) drop(DataType::number);
  if (keeps_its_meaning) return;
  drop(DataType::number);
  drop(DataType::decimal_number);
}

ColumnRules ColumnProfile::rules() const {
  ColumnRules rules{DataType::plain, false, numbers_, {}};
  if (has_line_breaks_) rules.type = DataType::multi_line;
  if (!has_values_) return rules;
  if (format_) {
    rules.type = DataType::date;
    rules.has_time = format_->has_time();
    rules.dates = {*format_};
    return rules;
  }
  for (const DataType type : detected) {
    if (!is_alive(type)) continue;
    rules.type = type;
    break;
  }
  if (rules.type == DataType::date) {
    rules.has_time = dates_.has_time();
    rules.dates = dates_.formats();
  }
  return rules;
}

}  // namespace dropload::service
