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

DateProfile::DateProfile(std::optional<DateFormat> usual) : has_usual_(usual.has_value()) {
  if (usual) formats_.push_back(*std::move(usual));
  for (const DateFormat& known : DateFormat::known()) {
    if (!has_usual_ || known.pattern() != formats_.front().pattern()) formats_.push_back(known);
  }
  alive_ = static_cast<std::uint32_t>((1ull << formats_.size()) - 1);
}

bool DateProfile::observe(std::string_view trimmed_text) {
  if (trimmed_text.empty()) return true;
  std::uint32_t reading = 0;
  for (std::size_t i = 0; i < formats_.size() && alive_ >> i != 0; ++i) {
    if (is_alive(i) && formats_[i].parse(trimmed_text)) reading |= 1u << i;
  }
  if (reading == 0 && !is_read_by_another(trimmed_text)) return false;
  alive_ = reading;
  has_dates_ = true;
  if (trimmed_text.find(':') != std::string_view::npos) has_time_ = true;
  return true;
}

bool DateProfile::is_read_by_another(std::string_view text) const {
  for (std::size_t i = 0; i < formats_.size(); ++i) {
    if (!is_alive(i) && formats_[i].parse(text)) return true;
  }
  return false;
}

ColumnRules DateProfile::rules() const {
  ColumnRules rules{.type = DataType::date, .has_time = has_time_, .dates_must_agree = !agrees()};
  for (std::size_t i = 0; i < formats_.size(); ++i) {
    if (!agrees() || is_alive(i)) rules.dates.push_back(formats_[i]);
  }
  const auto usual = has_usual_ ? std::optional(formats_.front()) : std::nullopt;
  if (usual) rules.kept_format = usual->pattern();
  if (has_dates_ && rules.dates.size() == 1) rules.kept_format = format_to_keep(usual, rules.dates.front());
  return rules;
}

std::string format_to_keep(const std::optional<DateFormat>& usual, const DateFormat& found) {
  return usual && !found.orders_day_and_month() ? usual->pattern() : found.pattern();
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
  observe_amounts(text);
  if (is_alive(DataType::email) && !is_email(text)) drop(DataType::email);
  if (is_alive(DataType::url) && !is_url(text)) drop(DataType::url);
  if (is_alive(DataType::date)) {
    if (!dates_.observe(text) || !dates_.agrees()) drop(DataType::date);
  }
}

void ColumnProfile::observe_numbers(std::string_view text) {
  const auto number = NumberText::read(text, numbers_);
  const bool may_be_stored = number && !number->may_be_a_name();
  const bool is_whole = may_be_stored && number->is_written_whole() && number->whole();
  if (!is_whole) drop(DataType::number);
  // A whole number that does not fit 64 bits is the name of something, whatever a decimal could hold.
  const bool is_too_large = may_be_stored && number->is_written_whole() && !is_whole;
  if (!may_be_stored || is_too_large || !number->is_exact_as_decimal()) drop(DataType::decimal_number);
}

void ColumnProfile::observe_amounts(std::string_view text) {
  if (is_alive(DataType::currency)) {
    const auto amount = Amount::read(text, numbers_);
    if (amount && currency_.empty()) currency_ = amount->sign;
    const bool fits = amount && amount->sign == currency_ && amount->number.is_exact_as_decimal();
    if (!fits) drop(DataType::currency);
  }
  if (is_alive(DataType::percent)) {
    const auto percent = read_percent(text, numbers_);
    if (!percent || !percent->is_exact_as_decimal()) drop(DataType::percent);
  }
}

ColumnRules ColumnProfile::rules() const {
  ColumnRules rules{.numbers = numbers_};
  if (has_line_breaks_) rules.type = DataType::multi_line;
  if (!has_values_) return rules;
  if (format_) {
    rules.type = DataType::date;
    rules.has_time = format_->has_time();
    rules.dates = {*format_};
    rules.kept_format = format_->pattern();
    return rules;
  }
  for (const DataType type : detected) {
    if (!is_alive(type)) continue;
    rules.type = type;
    break;
  }
  if (rules.type == DataType::currency) rules.currency = currency_;
  return rules.type == DataType::date ? dates_.rules() : rules;
}

bool ColumnProfile::can_guess() const {
  if (!has_values_) return false;
  return format_ || rules().type != DataType::date || dates_.can_guess();
}

}  // namespace dropload::service
