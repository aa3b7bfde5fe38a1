#include "daemon/queue/text_match.h"

#include <vector>

#include "common/base/text.h"

namespace dropload::queue {
namespace {

bool is_within(char32_t c, char32_t first, char32_t last) {
  return c >= first && c <= last;
}

char32_t small_letter(char32_t c) {
  if (is_within(c, U'A', U'Z')) return c + 32;
  if (is_within(c, 0xC0, 0xDE) && c != 0xD7) return c + 32;
  // Pairs of a capital and a small letter; two stretches begin with an odd number.
  if (is_within(c, 0x139, 0x148) || is_within(c, 0x179, 0x17E)) return c % 2 == 1 ? c + 1 : c;
  if (c == 0x178) return 0xFF;
  if (is_within(c, 0x100, 0x177) && c != 0x130 && c != 0x131 && c != 0x138 && c != 0x149) return c | 1;
  if (is_within(c, 0x391, 0x3AB) && c != 0x3A2) return c + 32;
  if (is_within(c, 0x400, 0x40F)) return c + 80;
  if (is_within(c, 0x410, 0x42F)) return c + 32;
  return c;
}

// REQUIRES: a whole sequence of 2 bytes, which all letters with a case here have.
char32_t two_byte_character(std::string_view sequence) {
  return (static_cast<char32_t>(static_cast<unsigned char>(sequence[0]) & 0x1FU) << 6U) |
         (static_cast<unsigned char>(sequence[1]) & 0x3FU);
}

}  // namespace

std::string folded(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 2) {
      append_utf8(result, small_letter(two_byte_character(text)));
    } else if (length <= 1) {
      result += lower(text.front());
    } else {
      result += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

std::string trigram_query(std::string_view text) {
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_sequence(text), 1);
    characters.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  std::string query;
  if (characters.size() < 3) return query;
  const auto add = [&](std::size_t first) {
    query += query.empty() ? "\"" : " AND \"";
    for (std::size_t i = first; i < first + 3; ++i) {
      query += characters[i];
      if (characters[i] == "\"") query += '"';
    }
    query += '"';
  };
  for (std::size_t i = 0; i + 3 <= characters.size(); i += 3) add(i);
  if (characters.size() % 3 != 0) add(characters.size() - 3);
  return query;
}

}  // namespace dropload::queue
