#pragma once

// A source over a text that gives it in pieces of chosen sizes.

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "common/csv/reader.h"

namespace dropload::csv::test {

using Rows = std::vector<std::vector<std::string>>;

inline ByteSource pieces_of(std::string text, std::function<std::size_t()> next_size) {
  return [text = std::move(text), next_size = std::move(next_size),
          at = std::size_t{0}](std::span<char> buffer) mutable -> Result<std::size_t> {
    const std::size_t bytes = std::min({buffer.size(), text.size() - at, next_size()});
    std::memcpy(buffer.data(), text.data() + at, bytes);
    at += bytes;
    return bytes;
  };
}

inline ByteSource whole(std::string text) {
  return pieces_of(std::move(text), [] { return std::size_t{1} << 30; });
}

inline std::vector<std::string> owned(const Record& record) {
  return {record.fields.begin(), record.fields.end()};
}

}  // namespace dropload::csv::test
