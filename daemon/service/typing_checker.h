#pragma once

// Checking the values of one column, and turning them into what is stored. Pure; one thread.

#include <array>
#include <optional>
#include <string_view>

#include "daemon/service/typing.h"

namespace dropload::service {

class ColumnChecker {
 public:
  explicit ColumnChecker(ColumnRules rules) : rules_(std::move(rules)) {}

  // Nothing when the text is not of the column's type, or would have led to another one where it is a guess; NULL for
  // an empty text, and for one of blanks only unless the column holds text. A text value is valid until the next call
  // and as long as `text` is.
  std::optional<Value> check(std::string_view text);
  // "Not a whole number": what is wrong with a value that check() refused.
  [[nodiscard]] std::string_view complaint() const;
  [[nodiscard]] const ColumnRules& rules() const { return rules_; }

 private:
  std::optional<Value> check_trimmed(std::string_view text);
  std::optional<Value> check_as_found(std::string_view text);
  std::optional<Value> check_date(std::string_view text);

  ColumnRules rules_;
  bool is_ambiguous_ = false;  // the last date could be read in two ways
  std::array<char, 32> scratch_{};
};

}  // namespace dropload::service
