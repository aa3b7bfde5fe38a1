#pragma once

// What a field's text means, type by type. Pure. Texts are trimmed already (see trimmed) and not empty.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/service/typing.h"

namespace dropload::service {

// Without blanks and tabs at both ends.
std::string_view trimmed(std::string_view text);

// A number, taken apart. Thousand separators must stand between groups of three.
class NumberText {
 public:
  // Nothing when the text is no number: [sign] digits [decimal digits] [e [sign] digits]; at most 60 characters.
  static std::optional<NumberText> read(std::string_view text, NumberFormat format);

  // Nothing when there is a fraction other than zeros or an exponent, or when it does not fit into 64 bits.
  [[nodiscard]] std::optional<std::int64_t> whole() const;
  // Nothing when it is out of range.
  [[nodiscard]] std::optional<double> decimal() const;
  // Does decimal() hold every digit, so that the same number can be written from it again? Zeros at the end of a
  // fraction are none that matter.
  [[nodiscard]] bool is_exact_as_decimal() const;
  // Is it written as a whole number?
  [[nodiscard]] bool is_written_whole() const { return !has_fraction_ && !has_exponent_; }
  // Would storing it as a number lose something that may matter: leading zeros, a plus sign? "12e5" may well be the
  // name of a thing.
  [[nodiscard]] bool may_be_a_name() const { return may_be_a_name_; }

 private:
  class Scan;

  std::array<char, 64> digits_;  // as from_chars reads them
  int size_ = 0;
  int whole_size_ = 0;  // up to the decimal separator or exponent
  bool has_fraction_ = false;
  bool has_exponent_ = false;
  bool may_be_a_name_ = false;
};

std::optional<double> read_decimal(std::string_view text, NumberFormat format);

// An amount with a currency sign ($ € £ ¥ ₹) before or behind it: "$1,200.50", "-$5", "12 €".
struct Amount {
  std::string_view sign;
  NumberText number;
  bool negative = false;

  // Nothing when there is no sign.
  static std::optional<Amount> read(std::string_view text, NumberFormat format);
  [[nodiscard]] std::optional<double> value() const;
};

// 12.5 of "12.5%" and "12.5 %". Nothing when there is no percent sign.
std::optional<NumberText> read_percent(std::string_view text, NumberFormat format);

// true false yes no, in any case; with `short_forms` also t f y n on off 1 0.
std::optional<bool> read_boolean(std::string_view text, bool short_forms);
// Something@something without blanks.
bool is_email(std::string_view text);
// http, https or ftp, or a name that begins with "www.".
bool is_url(std::string_view text);

}  // namespace dropload::service
