#include "common/zoho/json.h"

#include <charconv>
#include <limits>

#include "common/base/json_depth.h"

namespace dropload::zoho {
namespace {

Error not_a(std::string_view kind, std::string_view key, std::string_view where, const Json* value) {
  return error(Errc::protocol, "{}: \"{}\" should be {}, but it is {}", where, key, kind,
               value == nullptr ? "missing" : value->type_name());
}

}  // namespace

std::string to_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Json> parse_json(std::string_view text) {
  if (nests_deeper_than(text)) return std::nullopt;
  auto json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

const Json* member(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<std::string> text_member(const Json& object, std::string_view key, std::string_view where) {
  const auto* value = member(object, key);
  if (value == nullptr || !value->is_string()) return not_a("text", key, where, value);
  return value->get<std::string>();
}

Result<std::string> text_member_or_empty(const Json& object, std::string_view key, std::string_view where) {
  if (member(object, key) == nullptr) return std::string();
  return text_member(object, key, where);
}

Result<std::int64_t> number_member(const Json& object, std::string_view key, std::string_view where) {
  const auto* value = member(object, key);
  const auto number = value == nullptr ? std::nullopt : number_of(*value);
  if (!number) return not_a("a whole number", key, where, value);
  return *number;
}

std::optional<std::int64_t> parse_number(std::string_view digits) {
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> number_of(const Json& value) {
  if (value.is_string()) return parse_number(value.get_ref<const std::string&>());
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;
  }
  return value.get<std::int64_t>();
}

}  // namespace dropload::zoho
