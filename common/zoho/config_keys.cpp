#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "common/base/nearest.h"
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
  return std::nullopt;
}

}  // namespace dropload::zoho
