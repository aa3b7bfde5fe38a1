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

// The dialect by the first records (UTF-8, without BOM): of comma, tab, semicolon, pipe and blank the one that cuts the
// most records into the same number (> 1) of fields, quotes respected; comma when nothing does. A blank must cut all of
// them alike. The quote is '"' unless fields are seen wrapped in '\''. A last record that the end of the sample may cut
// is not looked at. `skip_top` and `comment` are taken from `known` and are in the result.
Dialect sniff(std::string_view sample, const Dialect& known = {});

}  // namespace dropload::csv
