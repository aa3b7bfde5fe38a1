#include "daemon/service/header_guess.h"

#include <algorithm>

#include "daemon/service/loader_settings.h"
#include "daemon/service/typing_checker.h"
#include "daemon/service/typing_text.h"

namespace dropload::service {
namespace {

bool is_text(DataType type) {
  return type == DataType::plain || type == DataType::multi_line || type == DataType::geo;
}

std::vector<std::string> trimmed_copies(std::span<const std::string_view> fields) {
  std::vector<std::string> copies;
  for (const std::string_view field : fields) copies.emplace_back(trimmed(field));
  return copies;
}

// The usual format of a date column that exists, where CONFIG says none.
std::optional<DateFormat> format_of(const Column& column, const std::optional<DateFormat>& given) {
  if (given || column.date_format.empty()) return given;
  return DateFormat::remembered(column.date_format);
}

}  // namespace

bool may_lack_header(const zoho::ImportConfig& config) {
  const zoho::ImportOptions& options = config.options;
  const bool names_columns = !options.selected_columns.empty() || !options.matching_columns.empty() ||
                             !options.column_separators.empty() || !options.column_date_format.empty() ||
                             !options.column_data_types.empty();
  return options.auto_identify && options.skip_top.value_or(0) == 0 && !names_columns && !config.batch_key;
}

HeaderGuess::HeaderGuess(std::span<const std::string_view> first, const View* view, const zoho::ImportOptions& options)
    : view_(view), numbers_(numbers_of(options, "")), first_(trimmed_copies(first)) {
  if (options.date_format) date_format_ = DateFormat::from_java(*options.date_format);
  if (view_ == nullptr) beneath_.assign(first_.size(), ColumnProfile(numbers_, date_format_));
}

void HeaderGuess::observe(std::span<const std::string_view> record) {
  if (second_.empty()) second_ = trimmed_copies(record);
  for (std::size_t i = 0; i < std::min(record.size(), beneath_.size()); ++i) beneath_[i].observe(record[i]);
}

bool HeaderGuess::is_header() const {
  if (fits_no_row()) return true;
  bool has_number = false;
  bool has_other = false;
  for (std::size_t i = 0; i < first_.size(); ++i) {
    const Sign sign = sign_of(i);
    if (sign == Sign::header) return true;
    has_number = has_number || sign == Sign::number;
    has_other = has_other || sign == Sign::other;
  }
  if (has_other) return false;
  return !has_number || (names_columns(first_) && !names_columns(second_));
}

// Of the table that exists.
bool HeaderGuess::fits_no_row() const {
  if (view_ == nullptr) return false;
  if (first_.size() > view_->columns.size()) return true;
  return std::ranges::any_of(view_->columns, [this](const Column& column) {
    return std::ranges::any_of(first_, [&](const std::string& field) { return same_name(field, column.name); });
  });
}

HeaderGuess::Sign HeaderGuess::sign_of(std::size_t field) const {
  const std::string& text = first_[field];
  if (text.empty()) return Sign::none;
  DataType type = view_ != nullptr ? view_->columns[field].type : beneath_[field].rules().type;
  if (is_text(type)) return Sign::none;
  if (view_ != nullptr) {
    if (!fits(view_->columns[field], text)) return Sign::header;
  } else {
    // Of all values together the type may be a wider one, but there must be one.
    ColumnProfile all = beneath_[field];
    all.observe(text);
    type = all.rules().type;
    if (is_text(type)) return Sign::header;
  }
  return NumberText::read(text, numbers_) ? Sign::number : Sign::other;
}

bool HeaderGuess::fits(const Column& column, std::string_view text) const {
  if (column.type == DataType::date) return DateProfile(format_of(column, date_format_)).observe(text);
  return ColumnChecker({.type = column.type, .numbers = numbers_}).check(text).has_value();
}

bool HeaderGuess::names_columns(std::span<const std::string> record) const {
  constexpr std::int64_t first_year = 1900;
  constexpr std::int64_t last_year = 2099;
  std::vector<std::int64_t> numbers;
  for (const std::string& field : record) {
    const auto number = NumberText::read(field, numbers_);
    if (!number) continue;
    const auto whole = number->is_written_whole() ? number->whole() : std::nullopt;
    if (!whole) return false;
    numbers.push_back(*whole);
  }
  if (numbers.empty() || !std::ranges::is_sorted(numbers, std::less_equal<>())) return false;
  if (numbers.front() >= first_year && numbers.back() <= last_year) return true;
  return numbers.size() >= 3 && numbers.back() - numbers.front() == static_cast<std::int64_t>(numbers.size()) - 1;
}

}  // namespace dropload::service
