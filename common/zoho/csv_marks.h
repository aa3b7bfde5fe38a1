#pragma once

// The characters behind the numbers by which CONFIG names them (import-api.md, section 2). Pure.

#include <optional>

namespace dropload::zoho {

// Nothing for numbers outside the list.
std::optional<char> delimiter_of(int number);             // 0 ',' 1 tab 2 ';' 3 ' ' 4 '|'
std::optional<std::optional<char>> quote_of(int number);  // 0 none 1 '\'' 2 '"'

}  // namespace dropload::zoho
