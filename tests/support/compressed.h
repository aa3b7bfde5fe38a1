#pragma once

// Single compressed files in memory, for tests.

#include <string>

namespace dropload::test {

// As libarchive's filter of that name writes it: "gzip", "zstd", "xz", "bzip2".
std::string compressed(const std::string& text, const std::string& filter);

}  // namespace dropload::test
