#include "common/base/text.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace dropload {
namespace {

unsigned char byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

bool is_continuation(std::string_view bytes, std::size_t i) {
  return i < bytes.size() && (byte_at(bytes, i) & 0xC0) == 0x80;
}

// U+0080 to U+009F are control characters too.
bool is_control(std::string_view sequence) {
  const unsigned char first = byte_at(sequence, 0);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
  return sequence.size() == 2 && first == 0xC2 && byte_at(sequence, 1) < 0xA0;
}

// `write_plain` appends a sequence that can stand as it is; what it declines to write is escaped.
template <typename WritePlain>
std::string with_escapes(std::string_view bytes, WritePlain write_plain) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = utf8_sequence(bytes);
    const std::string_view sequence = bytes.substr(0, length == 0 ? 1 : length);
    if (length == 0 || !write_plain(text, sequence)) {
      for (std::size_t i = 0; i < sequence.size(); ++i) text += fmt::format("\\x{:02x}", byte_at(sequence, i));
    }
    bytes.remove_prefix(sequence.size());
  }
  return text;
}

}  // namespace

std::size_t utf8_sequence(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const unsigned char first = byte_at(bytes, 0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return is_continuation(bytes, 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!is_continuation(bytes, 1) || !is_continuation(bytes, 2)) return 0;
    const unsigned char second = byte_at(bytes, 1);
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!is_continuation(bytes, 1) || !is_continuation(bytes, 2) || !is_continuation(bytes, 3)) return 0;
    const unsigned char second = byte_at(bytes, 1);
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool too_large = first == 0xF4 && second > 0x8F;
    return overlong || too_large ? 0 : 4;
  }
  return 0;
}

std::string escaped(std::string_view bytes) {
  return with_escapes(bytes, [](std::string& text, std::string_view sequence) {
    if (is_control(sequence)) return false;
    if (sequence == "\\") text += '\\';
    text.append(sequence);
    return true;
  });
}

std::string readable(std::string_view sentence) {
  return with_escapes(sentence, [](std::string& text, std::string_view sequence) {
    if (is_control(sequence) && sequence != "\n" && sequence != "\t") return false;
    text.append(sequence);
    return true;
  });
}

void append_utf8(std::string& text, char32_t character) {
  const auto add = [&text](char32_t byte) { text += static_cast<char>(byte); };
  if (character < 0x80) {
    add(character);
  } else if (character < 0x800) {
    add(0xC0 | (character >> 6));
    add(0x80 | (character & 0x3F));
  } else if (character < 0x10000) {
    add(0xE0 | (character >> 12));
    add(0x80 | ((character >> 6) & 0x3F));
    add(0x80 | (character & 0x3F));
  } else {
    add(0xF0 | (character >> 18));
    add(0x80 | ((character >> 12) & 0x3F));
    add(0x80 | ((character >> 6) & 0x3F));
    add(0x80 | (character & 0x3F));
  }
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool starts_with_in_any_case(std::string_view text, std::string_view beginning) {
  return equal_in_any_case(text.substr(0, beginning.size()), beginning);
}

}  // namespace dropload
