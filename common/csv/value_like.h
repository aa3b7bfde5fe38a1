#pragma once

// Could a field of a first record be a value, so that the record may be a row of a file without a header line? Pure.

#include <string_view>

namespace dropload::csv {

// Whether anything in it may be a number, an amount, a date, a truth value or an address. Rather too often than too
// seldom. The field as it stands: quotes may be around it.
bool may_be_a_value(std::string_view field);

// What a field most certainly is, rather too seldom than too often: words are texts, those for truth values too.
enum class ValueKind { nothing = 1, text, number, date, address };
ValueKind kind_of_value(std::string_view field);

}  // namespace dropload::csv
