#include "common/zoho/config_reader.h"

#include <fmt/format.h>

namespace dropload::zoho {
namespace {

std::optional<bool> boolean_of(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (!value.is_string()) return std::nullopt;
  std::string word = value.get<std::string>();
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (word == "true") return true;
  if (word == "false") return false;
  return std::nullopt;
}

}  // namespace

std::string shortened(std::string_view value) {
  constexpr std::size_t longest = 60;
  if (value.size() <= longest) return std::string(value);
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return std::string(value.substr(0, end)) + "…";
}

void ConfigReader::refuse_with(int code, std::string message) {
  if (!refusal_) refusal_ = refuse(code, std::move(message));
}

void ConfigReader::refuse_value(std::string_view key, std::string_view value) {
  refuse_with(8119, fmt::format("Invalid value \"{}\" for the attribute {}.", shortened(value), key));
}

void ConfigReader::refuse_type(std::string_view key, std::string_view expected) {
  refuse_with(8516, fmt::format("The attribute {} should be {}.", key, expected));
}

void ConfigReader::require(std::string_view key, std::string_view when) {
  if (has(key)) return;
  refuse_with(8079,
              fmt::format("The attribute {} is not present in the JSON configuration; it is needed {}.", key, when));
}

std::optional<std::string> ConfigReader::text(std::string_view key) {
  const auto* value = member(object_, key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    refuse_type(key, "text");
    return std::nullopt;
  }
  return value->get<std::string>();
}

std::optional<bool> ConfigReader::boolean(std::string_view key) {
  const auto* value = member(object_, key);
  if (value == nullptr) return std::nullopt;
  const auto parsed = boolean_of(*value);
  if (!parsed) refuse_type(key, "true or false");
  return parsed;
}

std::optional<int> ConfigReader::number(std::string_view key, int least, int most) {
  const auto* value = member(object_, key);
  if (value == nullptr) return std::nullopt;
  const auto parsed = number_of(*value);
  if (!parsed) {
    refuse_type(key, "a whole number");
    return std::nullopt;
  }
  if (*parsed < least || *parsed > most) {
    refuse_value(key, std::to_string(*parsed));
    return std::nullopt;
  }
  return static_cast<int>(*parsed);
}

std::vector<std::string> ConfigReader::texts(std::string_view key, std::size_t most) {
  std::vector<std::string> values;
  const auto* list = array(key);
  if (list == nullptr) return values;
  if (list->empty() || list->size() > most) {
    refuse_with(8547, fmt::format("{} has {} entries; 1 to {} are allowed.", key, list->size(), most));
    return values;
  }
  for (const auto& value : *list) {
    if (!value.is_string()) {
      refuse_type(key, "a list of names");
      return values;
    }
    values.push_back(value.get<std::string>());
  }
  return values;
}

const Json* ConfigReader::object(std::string_view key) {
  const auto* value = member(object_, key);
  if (value == nullptr || value->is_object()) return value;
  refuse_type(key, "a JSON object");
  return nullptr;
}

const Json* ConfigReader::array(std::string_view key) {
  const auto* value = member(object_, key);
  if (value == nullptr || value->is_array()) return value;
  refuse_type(key, "a JSON array");
  return nullptr;
}

}  // namespace dropload::zoho
