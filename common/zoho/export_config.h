#pragma once

// CONFIG of the export call, GET …/views/{view}/data (bulk-api.json, ExportConfig), as far as it is spoken here. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/zoho/codes.h"

namespace dropload::zoho {

struct ExportConfig {
  bool is_json = false;                       // responseFormat: csv, json
  std::vector<std::string> selected_columns;  // empty: all
  char delimiter = ',';                       // 0 comma, 1 tab, 2 semicolon, 3 space
  char quote = '"';                           // 0 single, 1 double
  std::string_view line_end = "\n";           // recordDelimiter: 0 CRLF, 1 LF, 2 CR
  bool with_header = true;
  bool key_value = true;  // JSON: an object for each row; else an array, and the columns' names before all
};

// Booleans and numbers also as strings, words in any case; keys that it does not know are left alone. Refusals:
//   8504 the text is empty · 8080 it is no JSON object, or nested too deep · 8079 no responseFormat · 8516 wrong JSON
//   type · 8119 another format, a number that is none of those, or `criteria`, which is not spoken here · 8547 list too
//   long
struct DecodedExportConfig {
  std::optional<ExportConfig> config;  // one of the two is set
  std::optional<Refusal> refusal;
};
DecodedExportConfig decode_export_config(std::string_view json_text);

}  // namespace dropload::zoho
