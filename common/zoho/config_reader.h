#pragma once

// Reads members of CONFIG one by one and keeps the first refusal. Room-private.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/zoho/codes.h"
#include "common/zoho/json.h"

namespace dropload::zoho {

// What is quoted in a message came from outside and may be of any length: its first 60 bytes.
std::string shortened(std::string_view value);

class ConfigReader {
 public:
  // `object` outlives the reader.
  explicit ConfigReader(const Json& object) : object_(object) {}

  // The first refusal, if any. After one, what is read still has a value, which means nothing.
  [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }
  void refuse_with(int code, std::string message);

  [[nodiscard]] bool has(std::string_view key) const { return member(object_, key) != nullptr; }
  // 8079 when it is missing.
  void require(std::string_view key, std::string_view when);

  // Each: nothing when the key is missing or null; 8516 for another JSON type.
  std::optional<std::string> text(std::string_view key);
  std::optional<bool> boolean(std::string_view key);  // true, "true", "TRUE"
  // 8119 outside [least, most].
  std::optional<int> number(std::string_view key, int least, int most);
  // 8547 unless it has 1 to `most` entries.
  std::vector<std::string> texts(std::string_view key, std::size_t most);
  // An object or array, nullptr when missing.
  const Json* object(std::string_view key);
  const Json* array(std::string_view key);

  // A word of the API: `parse` gives nothing for others, which is 8119.
  template <typename Parse>
  auto word(std::string_view key, Parse parse) -> decltype(parse(std::string_view())) {
    const auto value = text(key);
    if (!value) return std::nullopt;
    const auto parsed = parse(std::string_view(*value));
    if (!parsed) refuse_value(key, *value);
    return parsed;
  }
  void refuse_value(std::string_view key, std::string_view value);
  void refuse_type(std::string_view key, std::string_view expected);

 private:
  const Json& object_;
  std::optional<Refusal> refusal_;
};

}  // namespace dropload::zoho
