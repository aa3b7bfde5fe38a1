#pragma once

// What the encoders and decoders of this room share. Room-private.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "common/base/result.h"

namespace dropload::zoho {

// Keys keep the order in which they are written or were read.
using Json = nlohmann::ordered_json;

// As compact text. Bytes that are not UTF-8 become U+FFFD: file names, and so table names, are bytes.
std::string to_text(const Json& json);
// Nothing when it is not JSON, or nested deeper than anything of the API (max_json_depth).
std::optional<Json> parse_json(std::string_view text);

// A member; nullptr when the object has none or it is null.
const Json* member(const Json& object, std::string_view key);

// Members of an answer. protocol, with `where` and the key in the sentence, when it is missing or not of that type.
Result<std::string> text_member(const Json& object, std::string_view key, std::string_view where);
// "" when it is missing.
Result<std::string> text_member_or_empty(const Json& object, std::string_view key, std::string_view where);
// A number, or one written as text.
Result<std::int64_t> number_member(const Json& object, std::string_view key, std::string_view where);

// A whole number in digits, with a sign or without. Nothing for anything else.
std::optional<std::int64_t> parse_number(std::string_view digits);
// The value when it is a whole number, or one written as text.
std::optional<std::int64_t> number_of(const Json& value);

}  // namespace dropload::zoho
