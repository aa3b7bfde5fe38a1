#include "daemon/service/typing_text.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <string>

#include "common/base/text.h"

namespace dropload::service {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// By hand: find_first_of calls memchr for every character.
bool has_blank(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
}

template <typename Number>
std::optional<Number> from_text(const char* begin, const char* end) {
  Number number{};
  const auto [stop, failure] = std::from_chars(begin, end, number);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return number;
}

// The digits of a number without its sign, point and exponent and without zeros at both ends: "-0.0150e3" has "15".
std::string significant_digits(std::string_view number) {
  std::string digits;
  for (const char c : number.substr(0, number.find_first_of("eE"))) {
    if (is_digit(c) && (c != '0' || !digits.empty())) digits += c;
  }
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

constexpr std::array<std::string_view, 5> currency_signs{"$", "€", "£", "¥", "₹"};

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The text from left to right, its digits going to NumberText::digits_. Every take_… is false when the text is no
// number.
class NumberText::Scan {
 public:
  Scan(std::string_view text, NumberFormat format, NumberText& number)
      : at_(text.data()), end_(at_ + text.size()), to_(number.digits_.data()), format_(format), number_(number) {}

  bool take_all() {
    take_sign();
    if (!take_whole() || !take_fraction() || !take_exponent() || at_ != end_) return false;
    number_.size_ = written();
    return true;
  }

 private:
  int written() const { return static_cast<int>(to_ - number_.digits_.data()); }
  bool at_digit() const { return at_ != end_ && is_digit(*at_); }
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  int take_digits() {
    const char* const begin = to_;
    while (at_digit()) *to_++ = *at_++;
    return static_cast<int>(to_ - begin);
  }

  void take_sign() {
    if (take('+')) {
      number_.may_be_a_name_ = true;
    } else if (take('-')) {
      *to_++ = '-';
    }
  }

  bool take_whole() {
    const bool zero = at_digit() && *at_ == '0';
    const int first = take_digits();
    int digits = first;
    while (format_.thousand != '\0' && take(format_.thousand)) {
      if (first == 0 || first > 3 || take_digits() != 3) return false;
      digits += 3;
    }
    if (zero && digits > 1) number_.may_be_a_name_ = true;
    has_digits_ = digits > 0;
    number_.whole_size_ = written();
    return true;
  }

  bool take_fraction() {
    if (!take(format_.decimal)) return has_digits_;
    *to_++ = '.';
    number_.has_fraction_ = true;
    return take_digits() > 0 || has_digits_;
  }

  bool take_exponent() {
    if (at_ == end_ || lower(*at_) != 'e') return true;
    *to_++ = *at_++;
    number_.has_exponent_ = true;
    const bool has_sign = at_ != end_ && (*at_ == '+' || *at_ == '-');
    if (has_sign) *to_++ = *at_++;
    if (!has_sign && !number_.has_fraction_) number_.may_be_a_name_ = true;
    return take_digits() > 0;
  }

  const char* at_;
  const char* end_;
  char* to_;
  NumberFormat format_;
  NumberText& number_;
  bool has_digits_ = false;
};

std::optional<NumberText> NumberText::read(std::string_view text, NumberFormat format) {
  constexpr std::size_t longest = 60;
  NumberText number;
  if (text.size() > longest || !Scan(text, format, number).take_all()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> NumberText::whole() const {
  if (has_exponent_) return std::nullopt;
  const char* const begin = digits_.data();
  const std::string_view fraction(begin + whole_size_, static_cast<std::size_t>(size_ - whole_size_));
  if (fraction.find_first_not_of(".0") != std::string_view::npos) return std::nullopt;
  return from_text<std::int64_t>(begin, begin + whole_size_);
}

std::optional<double> NumberText::decimal() const {
  return from_text<double>(digits_.data(), digits_.data() + size_);
}

bool NumberText::is_exact_as_decimal() const {
  constexpr int always_held = std::numeric_limits<double>::digits10;
  if (!has_exponent_ && size_ <= always_held) return true;
  const auto value = decimal();
  if (!value) return false;
  const std::string digits = significant_digits({digits_.data(), static_cast<std::size_t>(size_)});
  if (digits.size() <= always_held) return true;
  // to_chars writes the shortest number that reads as this double again.
  std::array<char, 32> shortest{};
  const auto written = std::to_chars(shortest.data(), shortest.data() + shortest.size(), *value);
  return digits == significant_digits({shortest.data(), static_cast<std::size_t>(written.ptr - shortest.data())});
}

std::optional<double> read_decimal(std::string_view text, NumberFormat format) {
  const auto number = NumberText::read(text, format);
  return number ? number->decimal() : std::nullopt;
}

std::optional<Amount> Amount::read(std::string_view text, NumberFormat format) {
  const bool negative = text.starts_with('-');
  std::string_view amount = negative ? text.substr(1) : text;
  if (negative && amount.find('-') != amount.npos) return std::nullopt;
  for (const std::string_view sign : currency_signs) {
    if (amount.starts_with(sign)) {
      amount.remove_prefix(sign.size());
    } else if (amount.ends_with(sign)) {
      amount.remove_suffix(sign.size());
    } else {
      continue;
    }
    const auto number = NumberText::read(trimmed(amount), format);
    return number ? std::optional(Amount{sign, *number, negative}) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> Amount::value() const {
  const auto value = number.decimal();
  return value && negative ? std::optional(-*value) : value;
}

std::optional<NumberText> read_percent(std::string_view text, NumberFormat format) {
  return text.ends_with('%') ? NumberText::read(trimmed(text.substr(0, text.size() - 1)), format) : std::nullopt;
}

std::optional<bool> read_boolean(std::string_view text, bool short_forms) {
  if (text.size() > 5) return std::nullopt;
  if (equal_in_any_case(text, "true") || equal_in_any_case(text, "yes")) return true;
  if (equal_in_any_case(text, "false") || equal_in_any_case(text, "no")) return false;
  if (!short_forms) return std::nullopt;
  for (const std::string_view word : {"t", "y", "on", "1"}) {
    if (equal_in_any_case(text, word)) return true;
  }
  for (const std::string_view word : {"f", "n", "off", "0"}) {
    if (equal_in_any_case(text, word)) return false;
  }
  return std::nullopt;
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
  return text.find('@', at + 1) == std::string_view::npos && !has_blank(text);
}

bool is_url(std::string_view text) {
  for (const std::string_view start : {"http://", "https://", "ftp://", "www."}) {
    if (starts_with_in_any_case(text, start)) return text.size() > start.size() && !has_blank(text);
  }
  return false;
}

}  // namespace dropload::service
