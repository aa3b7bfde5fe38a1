#include "common/zoho/config.h"

#include <algorithm>

#include "common/base/text.h"
#include "common/zoho/json.h"

namespace dropload::zoho {
namespace {

template <typename Enum>
std::optional<Enum> parse_word(std::string_view word, std::initializer_list<Enum> values) {
  for (const Enum value : values) {
    if (equal_in_any_case(word, to_string(value))) return value;
  }
  return std::nullopt;
}

void put_columns(Json& json, const ImportOptions& options) {
  if (!options.column_separators.empty()) json["columnSeparators"] = options.column_separators;
  if (options.date_format) json["dateFormat"] = *options.date_format;
  if (!options.column_date_format.empty()) json["columnDateFormat"] = options.column_date_format;
  for (const auto& [column, type] : options.column_data_types) {
    json["columnDataTypes"].push_back({{"columnName", column}, {"dataType", type}});
  }
}

}  // namespace

std::string_view to_string(ImportType type) {
  switch (type) {
    case ImportType::append:
      return "append";
    case ImportType::truncateadd:
      return "truncateadd";
    case ImportType::updateadd:
      return "updateadd";
  }
  return "";
}

std::string_view to_string(OnError on_error) {
  switch (on_error) {
    case OnError::abort:
      return "abort";
    case OnError::skiprow:
      return "skiprow";
    case OnError::setcolumnempty:
      return "setcolumnempty";
  }
  return "";
}

std::string_view to_string(FileType type) {
  switch (type) {
    case FileType::csv:
      return "csv";
    case FileType::json:
      return "json";
  }
  return "";
}

std::optional<ImportType> parse_import_type(std::string_view word) {
  return parse_word(word, {ImportType::append, ImportType::truncateadd, ImportType::updateadd});
}

std::optional<OnError> parse_on_error(std::string_view word) {
  return parse_word(word, {OnError::abort, OnError::skiprow, OnError::setcolumnempty});
}

std::optional<FileType> parse_file_type(std::string_view word) {
  return parse_word(word, {FileType::csv, FileType::json});
}

std::string encode(const ImportConfig& config) {
  const auto& options = config.options;
  Json json = Json::object();
  const auto put = [&json](const char* key, const auto& value) {
    if (value) json[key] = *value;
  };
  put("tableName", config.table_name);
  if (!config.table_name) json["importType"] = to_string(options.import_type);
  if (!config.batch_key) json["fileType"] = to_string(options.file_type);
  json["autoIdentify"] = options.auto_identify;
  json["onError"] = to_string(options.on_error);
  if (!options.matching_columns.empty()) json["matchingColumns"] = options.matching_columns;
  if (!options.selected_columns.empty()) json["selectedColumns"] = options.selected_columns;
  put("skipTop", options.skip_top);
  put("delimiter", options.delimiter);
  put("quoted", options.quoted);
  put("commentChar", options.comment_char);
  put("thousandSeparator", options.thousand_separator);
  put("decimalSeparator", options.decimal_separator);
  put_columns(json, options);
  put("retainColumnNames", options.retain_column_names);
  put("matchNulls", options.match_nulls);
  put("callbackUrl", config.callback_url);
  put("batchKey", config.batch_key);
  if (config.batch_key) json["isLastBatch"] = config.is_last_batch;
  return to_text(json);
}

}  // namespace dropload::zoho
