#include "common/csv/encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "common/base/text.h"

namespace dropload::csv {
namespace {

using Byte = unsigned char;

constexpr std::size_t detection_bytes = 64 * 1024;

// Windows-1252 where it differs from Latin-1; the five places it leaves open stay what they are.
constexpr std::array<char16_t, 32> windows_1252{0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                                0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

void append_latin1(char c, std::string& out) {
  const auto byte = static_cast<Byte>(c);
  append_utf8(out, byte >= 0x80 && byte < 0xA0 ? windows_1252[byte - 0x80u] : byte);
}

std::size_t ascii_prefix(std::string_view text) {
  std::size_t at = 0;
  for (std::uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & 0x8080808080808080u) != 0) break;
  }
  while (at < text.size() && static_cast<Byte>(text[at]) < 0x80) ++at;
  return at;
}

// Is the text the beginning of a sequence, cut by its end? The bytes that may follow a first byte are a range, so one
// of the outermost fits.
bool is_cut_sequence(std::string_view text) {
  if (text.size() >= 4) return false;
  return utf8_sequence(std::string(text) + "\x80\x80\x80") > text.size() ||
         utf8_sequence(std::string(text) + "\xBF\xBF\xBF") > text.size();
}

// From the first byte on that belongs to no whole sequence.
std::string_view behind_utf8(std::string_view text) {
  for (;;) {
    text.remove_prefix(ascii_prefix(text));
    if (text.empty()) return text;
    const std::size_t bytes = utf8_sequence(text);
    if (bytes == 0) return text;
    text.remove_prefix(bytes);
  }
}

// Text in a European language has NUL as nearly every other byte.
std::optional<Encoding> utf16_without_bom(std::string_view text) {
  std::array<std::size_t, 2> nuls{};
  for (std::size_t i = 0; i < text.size(); ++i) nuls[i % 2] += text[i] == '\0' ? 1u : 0u;
  const std::size_t most = text.size() / 2 * 2 / 5;
  if (text.size() < 4) return std::nullopt;
  if (nuls[1] > most && nuls[0] * 10 < nuls[1]) return Encoding::utf16_le;
  if (nuls[0] > most && nuls[1] * 10 < nuls[0]) return Encoding::utf16_be;
  return std::nullopt;
}

}  // namespace

ByteKinds kinds_of(std::string_view text) {
  // Blocks of a fixed size without a branch in them: the compiler looks at many bytes at once.
  constexpr std::size_t block = 256;
  Byte bits = 0;
  Byte nuls = 0;
  for (; text.size() >= block; text.remove_prefix(block)) {
    const char* const bytes = text.data();
    for (std::size_t i = 0; i < block; ++i) {
      bits = static_cast<Byte>(bits | static_cast<Byte>(bytes[i]));
      nuls = static_cast<Byte>(nuls | (bytes[i] == 0 ? 1 : 0));
    }
  }
  for (const char c : text) {
    bits = static_cast<Byte>(bits | static_cast<Byte>(c));
    nuls = static_cast<Byte>(nuls | (c == 0 ? 1 : 0));
  }
  return {nuls != 0, bits >= 0x80};
}

bool is_utf8(std::string_view text) {
  return behind_utf8(text).empty();
}

DetectedEncoding detect_encoding(std::string_view first_bytes) {
  if (first_bytes.starts_with("\xEF\xBB\xBF")) return {Encoding::utf8, 3};
  if (first_bytes.starts_with("\xFF\xFE")) return {Encoding::utf16_le, 2};
  if (first_bytes.starts_with("\xFE\xFF")) return {Encoding::utf16_be, 2};
  const std::string_view sample = first_bytes.substr(0, detection_bytes);
  if (const auto utf16 = utf16_without_bom(sample)) return {*utf16, 0};
  const auto rest = behind_utf8(sample);
  return {rest.empty() || is_cut_sequence(rest) ? Encoding::utf8 : Encoding::latin1, 0};
}

void Utf8Converter::convert(std::string_view piece, std::string& out) {
  if (encoding_ == Encoding::latin1) {
    for (const char c : piece) append_latin1(c, out);
    return;
  }
  std::string joined;
  if (!kept_.empty()) {
    joined = std::move(kept_);
    joined += piece;
    piece = joined;
    kept_.clear();
  }
  encoding_ == Encoding::utf8 ? convert_utf8(piece, out) : convert_utf16(piece, out);
}

void Utf8Converter::convert_utf8(std::string_view text, std::string& out) {
  for (;;) {
    const std::size_t ascii = ascii_prefix(text);
    out += text.substr(0, ascii);
    text.remove_prefix(ascii);
    if (text.empty()) return;
    const std::size_t bytes = utf8_sequence(text);
    if (bytes == 0 && is_cut_sequence(text)) {
      kept_ = text;
      return;
    }
    if (bytes == 0) {
      append_latin1(text.front(), out);
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
}

void Utf8Converter::convert_utf16(std::string_view text, std::string& out) {
  constexpr char32_t replacement = 0xFFFD;
  const auto unit = [this, &text](std::size_t at) {
    const auto a = static_cast<Byte>(text[at]);
    const auto b = static_cast<Byte>(text[at + 1]);
    return static_cast<char32_t>(encoding_ == Encoding::utf16_le ? a | b << 8 : b | a << 8);
  };
  const auto is_low = [](char32_t c) { return c >= 0xDC00 && c < 0xE000; };
  std::size_t at = 0;
  for (; at + 2 <= text.size(); at += 2) {
    const char32_t c = unit(at);
    if (c < 0xD800 || c >= 0xE000) {
      append_utf8(out, c);
    } else if (is_low(c)) {
      append_utf8(out, replacement);
    } else if (at + 4 > text.size()) {
      break;
    } else if (!is_low(unit(at + 2))) {
      append_utf8(out, replacement);
    } else {
      append_utf8(out, 0x10000 + ((c - 0xD800) << 10) + (unit(at + 2) - 0xDC00));
      at += 2;
    }
  }
  kept_ = text.substr(at);
}

void Utf8Converter::finish(std::string& out) {
  if (encoding_ == Encoding::utf8) {
    for (const char c : kept_) append_latin1(c, out);
  } else if (!kept_.empty()) {
    append_utf8(out, 0xFFFD);
  }
  kept_.clear();
}

}  // namespace dropload::csv
