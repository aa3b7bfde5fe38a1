#include "common/zoho/csv_marks.h"

#include <array>
#include <cstddef>

namespace dropload::zoho {
namespace {

constexpr std::array delimiter_marks{',', '\t', ';', ' ', '|'};
constexpr std::array quote_marks{std::optional<char>(), std::optional('\''), std::optional('"')};

template <typename List>
std::optional<typename List::value_type> listed(const List& list, int number) {
  if (number < 0 || static_cast<std::size_t>(number) >= list.size()) return std::nullopt;
  return list[static_cast<std::size_t>(number)];
}

}  // namespace

std::optional<char> delimiter_of(int number) {
  return listed(delimiter_marks, number);
}

std::optional<std::optional<char>> quote_of(int number) {
  return listed(quote_marks, number);
}

}  // namespace dropload::zoho
