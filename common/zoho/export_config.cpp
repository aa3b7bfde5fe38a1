#include "common/zoho/export_config.h"

#include <array>

#include "common/base/text.h"
#include "common/zoho/config_reader.h"

namespace dropload::zoho {
namespace {

constexpr std::array export_delimiters{',', '\t', ';', ' '};
constexpr std::array export_quotes{'\'', '"'};
constexpr std::array<std::string_view, 3> export_line_ends{"\r\n", "\n", "\r"};
constexpr std::size_t max_export_columns = 300;

// Is it JSON?
std::optional<bool> parse_response_format(std::string_view word) {
  if (equal_in_any_case(word, "json")) return true;
  if (equal_in_any_case(word, "csv")) return false;
  return std::nullopt;
}

template <typename List>
void read_choice(ConfigReader& reader, std::string_view key, const List& list, typename List::value_type& chosen) {
  const auto number = reader.number(key, 0, static_cast<int>(list.size()) - 1);
  if (number && !reader.refusal()) chosen = list[static_cast<std::size_t>(*number)];
}

}  // namespace

DecodedExportConfig decode_export_config(std::string_view json_text) {
  if (json_text.empty()) return {{}, refuse(8504, "The parameter CONFIG is not proper (it has not been sent).")};
  const auto json = parse_json(json_text);
  if (!json || !json->is_object()) return {{}, refuse(8080, "CONFIG is not a JSON object.")};
  ConfigReader reader(*json);
  ExportConfig config;
  reader.require("responseFormat", "to export data");
  config.is_json = reader.word("responseFormat", parse_response_format).value_or(false);
  config.selected_columns = reader.texts("selectedColumns", max_export_columns);
  read_choice(reader, "delimiter", export_delimiters, config.delimiter);
  read_choice(reader, "quoted", export_quotes, config.quote);
  read_choice(reader, "recordDelimiter", export_line_ends, config.line_end);
  config.with_header = reader.boolean("includeHeader").value_or(true);
  config.key_value = reader.boolean("keyValueFormat").value_or(true);
  if (reader.has("criteria")) {
    reader.refuse_with(8119, "This import service knows no criteria: export all rows and choose among them.");
  }
  if (reader.refusal()) return {{}, reader.refusal()};
  return {std::move(config), {}};
}

}  // namespace dropload::zoho
