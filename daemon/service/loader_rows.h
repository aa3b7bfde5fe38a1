#pragma once

// The second pass over a file: its rows as checked values, and what did not fit, dealt with as onError says
// (import-api.md, section 4).

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "common/zoho/config.h"
#include "daemon/service/import_file.h"
#include "daemon/service/loader_failure.h"
#include "daemon/service/loader_plan.h"
#include "daemon/service/typing_checker.h"

namespace dropload::service {

// What did not fit, as HTML for importErrors: the first max_listed_offences (loader.h), and how many more there were.
class Offences {
 public:
  void add(std::int64_t line, std::size_t field, std::string_view value, std::string_view complaint);
  [[nodiscard]] std::string html() const;

 private:
  std::string listed_;
  std::int64_t count_ = 0;
};

class CheckedRows {
 public:
  // `rules` are those of the plan's columns, in order.
  CheckedRows(std::unique_ptr<Records> rows, const Plan& plan, const std::vector<ColumnRules>& rules,
              zoho::OnError on_error, std::stop_token stop);

  // The values of the next row that is to be stored, in the plan's order, valid until the next call; nothing at the
  // end. Errors: 7208 and 7232 (onError abort), 7248, unavailable, a wrong guess.
  LoadStep<std::optional<std::span<const Value>>> next();

  [[nodiscard]] std::int64_t rows_read() const { return rows_read_; }
  // Values that were stored as empty, and rows that had too few.
  [[nodiscard]] std::int64_t warnings() const { return warnings_; }
  [[nodiscard]] const Offences& offences() const { return offences_; }
  // Did the column's values hold line breaks?
  [[nodiscard]] bool has_breaks(std::size_t column) const { return has_breaks_[column]; }

 private:
  void note_breaks(const csv::Record& record);
  void note_short_row(const csv::Record& record);
  // False when the row is to be left out.
  LoadStep<bool> check(const csv::Record& record);
  LoadStep<bool> handle_offence(int abort_code, std::int64_t line, std::size_t field, std::string_view value,
                                std::string_view complaint);

  std::unique_ptr<Records> rows_;
  std::vector<std::size_t> fields_;
  std::size_t header_fields_;
  std::vector<ColumnChecker> checkers_;
  zoho::OnError on_error_;
  std::stop_token stop_;
  std::vector<Value> values_;
  std::vector<bool> has_breaks_;
  std::int64_t rows_read_ = 0;
  std::int64_t warnings_ = 0;
  Offences offences_;
};

}  // namespace dropload::service
