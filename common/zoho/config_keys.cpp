#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "common/base/nearest.h"
#include "common/base/text.h"
#include "common/zoho/config.h"
#include "common/zoho/config_reader.h"
#include "common/zoho/json.h"

namespace dropload::zoho {
namespace {

// The page's, in its order, then those that only the OpenAPI files have.
const std::vector<std::string>& known_keys() {
  static const std::vector<std::string> keys{
      "tableName",        "importType",       "fileType",   "autoIdentify",     "onError",         "matchingColumns",
      "selectedColumns",  "skipTop",          "delimiter",  "quoted",           "commentChar",     "thousandSeparator",
      "decimalSeparator", "columnSeparators", "dateFormat", "columnDateFormat", "columnDataTypes", "retainColumnNames",
      "matchNulls",       "callbackUrl",      "batchKey",   "isLastBatch",      "encoding",        "quoteChar",
      "nullValue",        "trimSpaces"};
  return keys;
}

// Keys of ImportJobConfig…, which nothing else names. Their values that ask for nothing are taken.
std::optional<Refusal> objection_to_unsupported(const Json& json) {
  const Json* null_value = member(json, "nullValue");
  const bool is_some_text =
      null_value != nullptr && !(null_value->is_string() && null_value->get<std::string>().empty());
  if (is_some_text) {
    return refuse(8516,
                  "This import service has not got nullValue: take it out, and leave empty in the file what is to "
                  "be empty.");
  }
  const Json* trim = member(json, "trimSpaces");
  const bool is_no = trim != nullptr && (trim->is_boolean() || trim->is_string()) &&
                     equal_in_any_case(trim->is_string() ? trim->get<std::string>() : trim->dump(), "false");
  if (trim != nullptr && !is_no) {
    return refuse(8516,
                  "This import service has not got trimSpaces: take it out, and leave the blanks around texts out "
                  "of the file. Around numbers and dates they do not matter.");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> objection_to_keys(std::string_view json_text) {
  const auto json = parse_json(json_text);
  if (!json || !json->is_object()) return std::nullopt;
  for (const auto& [key, value] : json->items()) {
    if (std::ranges::find(known_keys(), key) != known_keys().end()) continue;
    const std::string meant = nearest(key, known_keys());
    const std::string advice = meant.empty() ? "take it out" : fmt::format("did you mean {}?", meant);
    return refuse(8516, fmt::format("CONFIG has the attribute \"{}\", which no document of this API names; {}",
                                    shortened(key), advice));
  }
  return objection_to_unsupported(*json);
}

}  // namespace dropload::zoho
