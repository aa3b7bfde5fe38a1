#include "common/zoho/csv_dialect.h"

#include <array>
#include <cstddef>

namespace dropload::zoho {
namespace {

constexpr std::array delimiter_marks{',', '\t', ';', ' ', '|'};
constexpr std::array quote_marks{std::optional<char>(), std::optional('\''), std::optional('"')};

template <typename List>
std::optional<typename List::value_type> listed(const List& list, std::optional<int> number) {
  if (!number || *number < 0 || static_cast<std::size_t>(*number) >= list.size()) return std::nullopt;
  return list[static_cast<std::size_t>(*number)];
}

}  // namespace

csv::KnownDialect known_dialect(const ImportOptions& options) {
  csv::KnownDialect known;
  known.delimiter = listed(delimiter_marks, options.delimiter);
  known.quote = listed(quote_marks, options.quoted);
  if (options.comment_char && !options.comment_char->empty()) known.comment = options.comment_char->front();
  known.skip_top = options.skip_top.value_or(0);
  return known;
}

}  // namespace dropload::zoho
