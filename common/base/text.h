#pragma once

// Text for people. Pure.

#include <string>
#include <string_view>

namespace dropload {

// File names are bytes. For showing them (logs, page, JSON): valid UTF-8 stays as it is; control characters, and bytes
// that are not UTF-8, become "\xNN"; a backslash becomes "\\", so that two names never look the same.
std::string escaped(std::string_view bytes);

// The same for sentences, which may hold names that are escaped already: backslashes, line breaks and tabs stay as they
// are. The result is valid UTF-8 and does nothing to a terminal but be read.
std::string readable(std::string_view sentence);

// The length of the UTF-8 sequence at the beginning of `bytes`, 0 when there is none (overlong forms and surrogates
// included).
std::size_t utf8_sequence(std::string_view bytes);

// ASCII only, whatever the locale: words of formats and settings are compared in any case, names of tables too.
char lower(char c);
std::string lower(std::string_view text);
bool equal_in_any_case(std::string_view a, std::string_view b);
bool starts_with_in_any_case(std::string_view text, std::string_view beginning);

// Appends the character's UTF-8. REQUIRES: a Unicode scalar value (at most 0x10FFFF, no surrogate).
void append_utf8(std::string& text, char32_t character);

}  // namespace dropload
