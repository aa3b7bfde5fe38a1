#include "common/csv/row_like.h"

#include <algorithm>
#include <charconv>
#include <functional>

namespace dropload::csv {
namespace {

bool is_value(ValueKind kind) {
  return kind != ValueKind::nothing && kind != ValueKind::text;
}

// Years, or whole numbers at equal distances: two that follow each other, or more (0, 30, 60).
bool are_names_of_columns(std::span<const std::int64_t> numbers) {
  constexpr std::int64_t first_year = 1900;
  constexpr std::int64_t last_year = 2099;
  if (numbers.empty() || !std::ranges::is_sorted(numbers, std::less_equal<>())) return false;
  if (numbers.front() >= first_year && numbers.back() <= last_year) return true;
  if (numbers.size() < 2) return false;
  const auto step = numbers[1] - numbers[0];
  for (std::size_t i = 2; i < numbers.size(); ++i) {
    if (numbers[i] - numbers[i - 1] != step) return false;
  }
  return step == 1 || numbers.size() > 2;
}

// All values of the record are such numbers.
bool names_columns(std::span<const std::string_view> record) {
  std::vector<std::int64_t> numbers;
  for (auto field : record) {
    if (!is_value(kind_of_value(field))) continue;
    if (field.size() > 1 && field.front() == field.back() && (field.front() == '"' || field.front() == '\''))
      field = field.substr(1, field.size() - 2);
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(field.data(), field.data() + field.size(), number);
    constexpr std::int64_t most = 1'000'000'000;
    if (failure != std::errc() || end != field.data() + field.size() || number < -most || number > most) return false;
    numbers.push_back(number);
  }
  return are_names_of_columns(numbers);
}

}  // namespace

RowLike::RowLike(std::span<const std::string_view> first) : columns_(first.size()), counts_(names_columns(first)) {
  for (std::size_t i = 0; i < first.size(); ++i) {
    columns_[i].kind = kind_of_value(first[i]);
    if (is_value(columns_[i].kind)) ++values_;
  }
}

void RowLike::look_at(std::span<const std::string_view> record) {
  has_records_ = true;
  if (2 * values_ < columns_.size()) return;  // it is none, whatever stands beneath it
  all_count_ = all_count_ && counts_ && names_columns(record);
  for (std::size_t i = 0; i < std::min(record.size(), columns_.size()); ++i) {
    const auto kind = kind_of_value(record[i]);
    if (kind == ValueKind::nothing) continue;
    auto& column = columns_[i];
    column.has_value = column.has_value || is_value(kind);
    (kind == column.kind ? column.has_kind : column.has_other) = true;
  }
}

bool RowLike::is_a_row() const {
  if (values_ == 0 || 2 * values_ < columns_.size()) return false;
  if (counts_ && !(has_records_ && all_count_)) return false;
  if (!has_records_) return values_ == columns_.size();
  bool has_proof = false;
  for (const auto& column : columns_) {
    if (is_value(column.kind)) {
      if (column.has_other) return false;
      has_proof = has_proof || column.has_kind;
    } else if (column.kind == ValueKind::text && column.has_value && !column.has_kind) {
      return false;
    }
  }
  return has_proof;
}

}  // namespace dropload::csv
