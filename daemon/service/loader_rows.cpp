#include "daemon/service/loader_rows.h"

#include <algorithm>
#include <utility>

#include "common/base/text.h"
#include "common/zoho/answers.h"
#include "daemon/service/loader.h"
#include "daemon/service/loader_survey.h"
#include "daemon/service/typing_text.h"

namespace dropload::service {
namespace {

// A value is shown as far as it helps to find it.
std::string shortened(std::string_view value) {
  constexpr std::size_t most = 200;
  if (value.size() <= most) return std::string(value);
  std::size_t end = most;
  while (end > 0 && utf8_sequence(value.substr(end)) == 0) --end;
  return std::string(value.substr(0, end)) + "…";
}

}  // namespace

void Offences::add(std::int64_t line, std::size_t field, std::string_view value, std::string_view complaint) {
  if (++count_ > max_listed_offences) return;
  listed_ +=
      zoho::encode_offence({line, static_cast<std::int64_t>(field) + 1, shortened(value), std::string(complaint)});
}

std::string Offences::html() const {
  if (count_ <= max_listed_offences) return listed_;
  return listed_ + fmt::format("<nobr>{} more are not listed.</nobr><br>", count_ - max_listed_offences);
}

CheckedRows::CheckedRows(std::unique_ptr<Records> rows, const Plan& plan, const std::vector<ColumnRules>& rules,
                         zoho::OnError on_error, std::stop_token stop)
    : rows_(std::move(rows)),
      header_fields_(plan.header_fields),
      on_error_(on_error),
      stop_(std::move(stop)),
      values_(plan.columns.size()),
      has_breaks_(plan.columns.size()) {
  for (const PlannedColumn& column : plan.columns) fields_.push_back(column.field);
  for (const ColumnRules& column : rules) checkers_.emplace_back(column);
}

LoadStep<std::optional<std::span<const Value>>> CheckedRows::next() {
  for (;;) {
    if (rows_read_ % rows_between_stops == 0 && stop_.stop_requested()) {
      return error(Errc::unavailable, "the import service is stopping");
    }
    const auto record = rows_->next();
    if (!record) return record.error();
    if (!*record) return std::optional<std::span<const Value>>{};
    ++rows_read_;
    if ((*record)->has_breaks) note_breaks(**record);
    const auto checked = check(**record);
    if (!checked) return checked.error();
    if (*checked) return std::optional<std::span<const Value>>{values_};
  }
}

void CheckedRows::note_breaks(const csv::Record& record) {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (has_breaks_[i] || fields_[i] >= record.fields.size()) continue;
    const std::string_view text = record.fields[fields_[i]];
    has_breaks_[i] = text.find('\n') != text.npos || text.find('\r') != text.npos;
  }
}

LoadStep<bool> CheckedRows::check(const csv::Record& record) {
  bool is_kept = true;
  if (record.fields.size() < header_fields_) note_short_row(record);
  for (std::size_t i = header_fields_; i < record.fields.size(); ++i) {
    if (trimmed(record.fields[i]).empty()) continue;
    const auto kept = handle_offence(7208, record.line, i, record.fields[i], "More fields than there are columns");
    if (!kept) return kept.error();
    is_kept = is_kept && *kept;
    break;
  }
  for (std::size_t i = 0; i < checkers_.size(); ++i) {
    const std::string_view text = fields_[i] < record.fields.size() ? record.fields[fields_[i]] : "";
    const auto value = checkers_[i].check(text);
    values_[i] = value.value_or(Value(Emptied()));
    if (value) continue;
    if (checkers_[i].rules().is_guess) return LoadFailure::wrong_guess();
    const auto kept = handle_offence(7232, record.line, fields_[i], text, checkers_[i].complaint());
    if (!kept) return kept.error();
    is_kept = is_kept && *kept;
  }
  return is_kept;
}

// With skiprow what is listed are the rows that were dropped, and this one is not.
void CheckedRows::note_short_row(const csv::Record& record) {
  ++warnings_;
  if (on_error_ == zoho::OnError::skiprow) return;
  offences_.add(record.line, record.fields.size(), "", "The row ends here, what is missing is empty");
}

LoadStep<bool> CheckedRows::handle_offence(int abort_code, std::int64_t line, std::size_t field, std::string_view value,
                                           std::string_view complaint) {
  if (on_error_ == zoho::OnError::abort) {
    Offences only;
    only.add(line, field, value, complaint);
    return LoadFailure(abort_code, "The import was aborted.<br>" + only.html());
  }
  offences_.add(line, field, value, complaint);
  if (on_error_ == zoho::OnError::skiprow) return false;
  ++warnings_;
  return true;
}

}  // namespace dropload::service
