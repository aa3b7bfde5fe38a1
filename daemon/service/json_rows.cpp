#include "daemon/service/json_rows.h"

#include <algorithm>
#include <limits>

namespace dropload::service {
namespace {

// They are kept until the record's last row has been given.
constexpr std::size_t max_record_values = 500'000;
constexpr std::size_t kept_text_bytes = 256 * 1024;
constexpr std::uint32_t for_ever = std::numeric_limits<std::uint32_t>::max();

// A number of JSON has a point; it is read as the column's numbers are. Its exponent gets the sign that tells "1e+3"
// from the name of a thing (NumberText::may_be_a_name).
void append_number(std::string& texts, std::string_view number, char decimal) {
  const std::size_t begin = texts.size();
  texts += number;
  const std::size_t exponent = texts.find_first_of("eE", begin);
  if (exponent != std::string::npos && texts[exponent + 1] != '+' && texts[exponent + 1] != '-') {
    texts.insert(exponent + 1, 1, '+');
  }
  if (decimal != '.') std::replace(texts.begin() + static_cast<std::ptrdiff_t>(begin), texts.end(), '.', decimal);
}

}  // namespace

JsonRows::JsonRows(const JsonOutline& outline, std::vector<char> decimals)
    : paths_(outline.paths), base_(outline.array), decimals_(std::move(decimals)), outer_(decimals_.size()) {
  // The record that is never given: what is beside all records.
  scopes_.emplace_back();
  for (const JsonOutline::Outer& outer : outline.outer) add_cell(outer.path, 0, outer.text, outer.kind);
  outer_texts_ = std::move(texts_);
  for (const Cell& cell : cells_) outer_[cell.column] = std::string_view(outer_texts_).substr(cell.offset, cell.size);
  cells_.clear();
  scopes_.clear();
}

bool JsonRows::take(std::string_view json) {
  open_.clear();
  cells_.clear();
  texts_.clear();
  // What a large record took is not kept beside the next one.
  if (texts_.capacity() > kept_text_bytes) texts_.shrink_to_fit();
  scopes_.assign(1, {});
  if (!nlohmann::json::sax_parse(json.begin(), json.end(), this)) return false;
  const auto by_row = [this](const Cell& a, const Cell& b) { return first_row(a) < first_row(b); };
  if (!std::is_sorted(cells_.begin(), cells_.end(), by_row)) std::stable_sort(cells_.begin(), cells_.end(), by_row);
  fields_ = outer_;
  until_.assign(fields_.size(), for_ever);
  row_ = 0;
  cell_ = 0;
  return true;
}

bool JsonRows::next() {
  if (scopes_.empty() || row_ == scopes_.front().rows) return false;
  if (row_ > 0) {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (until_[i] <= row_) fields_[i] = {};
    }
  }
  for (; cell_ < cells_.size() && first_row(cells_[cell_]) == row_; ++cell_) {
    const Cell& cell = cells_[cell_];
    const Scope& scope = scopes_[cell.scope];
    fields_[cell.column] = std::string_view(texts_).substr(cell.offset, cell.size);
    until_[cell.column] = scope.first + scope.rows;
  }
  ++row_;
  return true;
}

bool JsonRows::value(std::string_view text, JsonKind kind) {
  const Container at = place();
  add_cell(at.path, at.scope, text, kind);
  leave(at.scope);
  return cells_.size() <= max_record_values && scopes_.size() <= max_record_values;
}

bool JsonRows::member(std::string_view key) {
  open_.back().member = paths_.known_member(open_.back().path, key);
  return true;
}

bool JsonRows::open(bool is_array) {
  Container at = place();
  at.is_array = is_array;
  open_.push_back(at);
  return true;
}

bool JsonRows::close(bool is_array) {
  const Container closed = open_.back();
  open_.pop_back();
  Scope& scope = scopes_[closed.scope];
  if (is_array) scope.rows = std::max(scope.rows, closed.next_row - scope.first);
  leave(closed.scope);
  return true;
}

// Where the value that comes belongs. An element of an array begins a scope, in the row below the element before it.
JsonRows::Container JsonRows::place() {
  if (open_.empty()) return {base_, base_, 0, false, 0};
  const Container& in = open_.back();
  if (!in.is_array) return {in.member, in.member, in.scope, false, scopes_[in.scope].first};
  scopes_.push_back({in.next_row, 1});
  return {in.path, in.path, static_cast<std::uint32_t>(scopes_.size() - 1), false, in.next_row};
}

void JsonRows::leave(std::uint32_t scope) {
  if (open_.empty() || !open_.back().is_array) return;
  open_.back().next_row = scopes_[scope].first + scopes_[scope].rows;
}

void JsonRows::add_cell(JsonPaths::Path path, std::uint32_t scope, std::string_view text, JsonKind kind) {
  const int column = paths_.column(path);
  if (column == JsonPaths::no_column) return;
  const std::size_t begin = texts_.size();
  if (kind == JsonKind::number) {
    append_number(texts_, text, decimals_[static_cast<std::size_t>(column)]);
  } else {
    texts_ += text;
  }
  cells_.push_back({static_cast<std::uint32_t>(column), scope, begin, texts_.size() - begin});
}

}  // namespace dropload::service
