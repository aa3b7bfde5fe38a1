#pragma once

// How a CSV file is written, and finding it out. Pure.

#include <optional>
#include <string_view>

namespace dropload::csv {

struct Dialect {
  char delimiter = ',';
  std::optional<char> quote = '"';  // nothing: quotes are ordinary characters
  std::optional<char> comment;      // a line that begins with it is skipped
  int skip_top = 0;                 // lines dropped before the header

  bool operator==(const Dialect&) const = default;
};

// The dialect by the first records (UTF-8, without BOM): of comma, tab, semicolon and pipe the one that cuts the most
// records into the same number (> 1) of fields, quotes respected; comma when nothing does. A blank is found out only
// where none of these cuts and all records have three fields or more, numbers beneath the first: times and names of two
// words cut every record alike, and a column that was cut in two is harder to mend than columns left together. The
// quote is '"' unless fields are seen that begin with '\'' and end with it in the same line, more than are wrapped in
// '"', and none that only begins with it. A last record that the end of the sample may cut is not looked at. `skip_top`
// and `comment` are taken from `known` and are in the result.
Dialect sniff(std::string_view sample, const Dialect& known = {});

// What somebody has said of a file; the rest is found out.
struct KnownDialect {
  std::optional<char> delimiter{};
  std::optional<std::optional<char>> quote{};  // of the inner one nothing: there are no quotes
  std::optional<char> comment{};
  int skip_top = 0;

  bool operator==(const KnownDialect&) const = default;
};
// So much of a file's beginning, as UTF-8, is looked at to find its dialect out.
inline constexpr std::size_t dialect_sample_bytes = 64 * 1024;
// Looks at the sample only when the delimiter or the quote is not known.
Dialect find_dialect(std::string_view sample, const KnownDialect& known);

}  // namespace dropload::csv
