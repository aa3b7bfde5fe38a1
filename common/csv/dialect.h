#pragma once

// How a CSV file is written, and finding it out. Pure.

#include <optional>
#include <string>
#include <string_view>

namespace dropload::csv {

struct Dialect {
  char delimiter = ',';
  std::optional<char> quote = '"';     // nothing: quotes are ordinary characters
  std::optional<char> comment;         // a record that begins with it is skipped
  int skip_top = 0;                    // lines dropped before the header
};

enum class Encoding { utf8 = 1, utf16_le, utf16_be, latin1 };

// The encoding of a file by its first bytes: a BOM decides, then NUL bytes at every other place mean UTF-16, invalid UTF-8 means Latin-1.
// `bom_bytes` is how many bytes the BOM takes (0 without one).
struct DetectedEncoding {
  Encoding encoding = Encoding::utf8;
  int bom_bytes = 0;
};
DetectedEncoding detect_encoding(std::string_view first_bytes);

// The dialect by the first records (UTF-8, without BOM): of comma, tab, semicolon, pipe and blank the one that cuts the most lines into the same
// number (> 1) of fields, quotes respected; comma when nothing does. The quote is '"' unless fields are seen wrapped in '\''.
Dialect sniff(std::string_view sample);

}  // namespace dropload::csv
