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
};

// The dialect by the first records (UTF-8, without BOM): of comma, tab, semicolon and pipe the one that cuts the most
// records into the same number (> 1) of fields, quotes respected; comma when nothing does. A blank is never found out:
// times and names of two words cut every record alike, and a column that was cut in two is harder to notice and to mend
// than columns that were left together. The quote is '"' unless fields are seen that begin with '\'' and end with it in
// the same line, more than are wrapped in '"', and none that only begins with it. A last record that the end of the
// sample may cut is not looked at. `skip_top` and `comment` are taken from `known` and are in the result.
Dialect sniff(std::string_view sample, const Dialect& known = {});

}  // namespace dropload::csv
