#pragma once

// Finding the bytes that end a field, eight at a time.

#include <bit>
#include <cstdint>
#include <cstring>

namespace dropload::csv {

class FieldEnds {
 public:
  explicit FieldEnds(char delimiter)
      : delimiter_(delimiter), delimiters_(ones * static_cast<unsigned char>(delimiter)) {}

  // The first delimiter, LF or CR in [at, end), or end.
  [[nodiscard]] const char* find(const char* at, const char* end) const {
    for (; end - at >= 8; at += 8) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, at, sizeof eight);
      if constexpr (std::endian::native == std::endian::big) eight = __builtin_bswap64(eight);
      const std::uint64_t hits =
          zero_bytes(eight ^ delimiters_) | zero_bytes(eight ^ line_feeds) | zero_bytes(eight ^ carriage_returns);
      if (hits != 0) return at + std::countr_zero(hits) / 8;
    }
    while (at != end && *at != delimiter_ && *at != '\n' && *at != '\r') ++at;
    return at;
  }

 private:
  static constexpr std::uint64_t ones = 0x0101010101010101u;
  static constexpr std::uint64_t line_feeds = ones * '\n';
  static constexpr std::uint64_t carriage_returns = ones * '\r';

  // The high bit of every byte that is zero; bytes above the lowest zero may be wrong, and only the lowest is used.
  static std::uint64_t zero_bytes(std::uint64_t v) { return (v - ones) & ~v & (ones << 7); }

  char delimiter_;
  std::uint64_t delimiters_;
};

// Line breaks in a text: CRLF counts as one.
inline std::int64_t count_breaks(const char* at, const char* end) {
  std::int64_t breaks = 0;
  const auto rest = [&] { return static_cast<std::size_t>(end - at); };
  const char* const begin = at;
  for (; (at = static_cast<const char*>(std::memchr(at, '\n', rest()))) != nullptr; ++at) ++breaks;
  at = begin;
  for (; (at = static_cast<const char*>(std::memchr(at, '\r', rest()))) != nullptr; ++at) {
    if (at + 1 == end || at[1] != '\n') ++breaks;
  }
  return breaks;
}

}  // namespace dropload::csv
