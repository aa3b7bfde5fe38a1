#pragma once

// Does a text hold a part, in any case? Pure.

#include <string>
#include <string_view>

namespace dropload::queue {

// With small letters for capital ones of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic. Bytes that are not UTF-8
// stay as they are.
std::string folded(std::string_view text);

// `part` is folded already.
inline bool has_part(std::string_view text, std::string_view part) {
  return folded(text).find(part) != std::string::npos;
}

// What the trigram index is asked for a text: trigrams of it that lie side by side, all of which must be there. "" for
// one of fewer than three characters.
std::string trigram_query(std::string_view text);

}  // namespace dropload::queue
