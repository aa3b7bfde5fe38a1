#pragma once

// Names of files that are put somewhere. Pure.

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dropload::intake {

// What follows a failed file's name in the name of its reason file.
constexpr std::string_view reason_suffix = ".error.txt";

// The n-th name to try for a file: "sales.csv", "sales.2.csv", "sales.3.csv". The part in front of the extension is
// shortened (at the end of a UTF-8 sequence) so that a reason file and its temporary name fit into the 255 bytes of a
// name.
std::string numbered(const std::string& name, int n);

// Can this be the name of one file in a directory? invalid_argument: empty, "." or "..", has a '/' or a NUL, or more
// than 255 bytes.
Result<void> check_file_name(std::string_view name);

}  // namespace dropload::intake
