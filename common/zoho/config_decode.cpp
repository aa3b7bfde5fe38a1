#include <limits>

#include <fmt/format.h>

#include "common/base/text.h"
#include "common/zoho/config.h"
#include "common/zoho/config_reader.h"
#include "common/zoho/config_words.h"
#include "common/zoho/date_pattern.h"

namespace dropload::zoho {
namespace {

constexpr std::size_t max_matching_columns = 100;
constexpr std::size_t max_selected_columns = 300;

bool is_new_table(ImportCall call) {
  return call == ImportCall::new_table || call == ImportCall::new_table_batch;
}

bool is_batch(ImportCall call) {
  return call == ImportCall::new_table_batch || call == ImportCall::existing_table_batch;
}

// thousandSeparator 0 ',' 1 '.', decimalSeparator 0 '.' 1 ','.
bool are_the_same(int thousand, int decimal) {
  return (thousand == 0 && decimal == 1) || (thousand == 1 && decimal == 0);
}

// The reader looks at the first byte of a line, so a longer character would take lines for comments that only begin
// with a similar one.
bool is_one_ascii_character(std::string_view text) {
  return text.size() == 1 && text.front() != '\0' && static_cast<unsigned char>(text.front()) < 0x80;
}

void read_separators(ConfigReader& reader, ImportOptions& options) {
  options.thousand_separator = reader.number("thousandSeparator", 0, 4);
  options.decimal_separator = reader.number("decimalSeparator", 0, 1);
  if (options.thousand_separator && options.decimal_separator &&
      are_the_same(*options.thousand_separator, *options.decimal_separator)) {
    reader.refuse_with(8148, "The decimal separator and the thousand separator are the same.");
  }
  const auto* columns = reader.object("columnSeparators");
  if (columns == nullptr) return;
  for (const auto& [column, pair] : columns->items()) {
    if (!pair.is_array()) return reader.refuse_type("columnSeparators", "[thousand, decimal] for each column");
    if (pair.size() < 2) {
      return reader.refuse_with(
          8149,
          fmt::format("columnSeparators of {} has {} of the two entries [thousand, decimal].", column, pair.size()));
    }
    const auto thousand = number_of(pair[0]);
    const auto decimal = number_of(pair[1]);
    if (!thousand || !decimal) return reader.refuse_type("columnSeparators", "[thousand, decimal] for each column");
    if (*thousand < 0 || *thousand > 4 || *decimal < 0 || *decimal > 1) {
      return reader.refuse_value("columnSeparators", fmt::format("[{}, {}]", *thousand, *decimal));
    }
    if (are_the_same(static_cast<int>(*thousand), static_cast<int>(*decimal))) {
      return reader.refuse_with(8148,
                                fmt::format("The decimal and the thousand separator of {} are the same.", column));
    }
    options.column_separators[column] = {static_cast<int>(*thousand), static_cast<int>(*decimal)};
  }
}

void read_dates(ConfigReader& reader, ImportOptions& options) {
  const auto check = [&reader](const std::string& pattern) {
    const auto checked = check_date_pattern(shortened(pattern));
    if (!checked) reader.refuse_with(7512, fmt::format("Invalid date format: {}.", checked.error().message));
  };
  options.date_format = reader.text("dateFormat");
  if (options.date_format) check(*options.date_format);
  const auto* columns = reader.object("columnDateFormat");
  if (columns == nullptr) return;
  for (const auto& [column, pattern] : columns->items()) {
    if (!pattern.is_string()) return reader.refuse_type("columnDateFormat", "a pattern for each column");
    options.column_date_format[column] = pattern.get<std::string>();
    check(options.column_date_format[column]);
  }
}

void read_data_types(ConfigReader& reader, ImportOptions& options) {
  const auto* list = reader.array("columnDataTypes");
  if (list == nullptr) return;
  for (const auto& entry : *list) {
    const auto* column = member(entry, "columnName");
    const auto* type = member(entry, "dataType");
    if (column == nullptr || !column->is_string() || type == nullptr || !type->is_string()) {
      return reader.refuse_type("columnDataTypes", "a list of {columnName, dataType}");
    }
    const auto known = parse_data_type(type->get_ref<const std::string&>());
    if (!known) return reader.refuse_value("dataType", type->get_ref<const std::string&>());
    options.column_data_types.push_back({column->get<std::string>(), std::string(*known)});
  }
}

// What ImportJobConfig… of the OpenAPI has in the place of `quoted`.
void read_quote_char(ConfigReader& reader, ImportOptions& options) {
  const auto mark = reader.text("quoteChar");
  if (!mark || mark->empty()) return;
  const int number = *mark == "'" ? 1 : 2;
  const bool is_known = *mark == "'" || *mark == "\"";
  if (!is_known || (options.quoted && *options.quoted != number)) return reader.refuse_value("quoteChar", *mark);
  options.quoted = number;
}

void read_csv_settings(ConfigReader& reader, ImportOptions& options) {
  options.delimiter = reader.number("delimiter", 0, 4);
  options.quoted = reader.number("quoted", 0, 2);
  read_quote_char(reader, options);
  options.comment_char = reader.text("commentChar");
  if (options.comment_char && !is_one_ascii_character(*options.comment_char)) {
    reader.refuse_value("commentChar", *options.comment_char);
  }
  if (options.file_type == FileType::csv && !options.auto_identify) {
    reader.require("delimiter", "when autoIdentify is false");
    if (!options.quoted) reader.require("quoted", "when autoIdentify is false");
  }
}

// Types of the newest reference that nobody here reads get a sentence of their own.
void read_file_type(ConfigReader& reader, ImportOptions& options) {
  reader.require("fileType", "to read the file");
  const auto word = reader.text("fileType");
  if (!word) return;
  const auto type = parse_file_type(*word);
  if (type) {
    options.file_type = *type;
    return;
  }
  for (const std::string_view known : {"xls", "xlsx", "xml", "parquet", "geometry"}) {
    if (!equal_in_any_case(*word, known)) continue;
    return reader.refuse_with(8119, fmt::format("Files of fileType {} are not supported here, only csv and json. Save "
                                                "the file as one of these and import that.",
                                                known));
  }
  reader.refuse_value("fileType", *word);
}

// Of a batch it may be left out, and there is only one.
void check_type_of_batch(ConfigReader& reader) {
  const auto word = reader.text("fileType");
  if (!word || parse_file_type(*word) == FileType::csv) return;
  reader.refuse_with(8119,
                     fmt::format("Batches are CSV files; fileType {} cannot be imported in batches. Save the file "
                                 "as CSV, or leave fileType out where it is CSV.",
                                 shortened(*word)));
}

// What decides how the rows go in: importType, onError and the columns that match.
void read_mode(ConfigReader& reader, ImportCall call, ImportOptions& options) {
  if (!is_new_table(call)) {
    reader.require("importType", "for a table that exists");
    options.import_type = reader.word("importType", parse_import_type).value_or(ImportType::append);
  }
  if (is_batch(call)) {
    check_type_of_batch(reader);
  } else {
    read_file_type(reader, options);
  }
  reader.require("autoIdentify", "to read the file");
  options.auto_identify = reader.boolean("autoIdentify").value_or(true);
  options.on_error = reader.word("onError", parse_on_error).value_or(OnError::abort);
  if (options.import_type == ImportType::updateadd) reader.require("matchingColumns", "for updateadd");
  options.matching_columns = reader.texts("matchingColumns", max_matching_columns);
  options.selected_columns = reader.texts("selectedColumns", max_selected_columns);
}

void read_table_name(ConfigReader& reader, ImportConfig& config) {
  reader.require("tableName", "for a new table");
  config.table_name = reader.text("tableName");
  const bool is_blank = config.table_name && config.table_name->find_first_not_of(" \t\r\n") == std::string::npos;
  if (is_blank) reader.refuse_with(8078, "The attribute tableName is empty.");
}

void read_callback(ConfigReader& reader, ImportConfig& config) {
  config.callback_url = reader.text("callbackUrl");
  if (!config.callback_url) return;
  std::string_view rest = *config.callback_url;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (rest.starts_with(scheme) && rest.size() > scheme.size() && rest[scheme.size()] != '/') return;
  }
  reader.refuse_with(8125, "The callback URL is not valid.");
}

ImportConfig read_whole(ConfigReader& reader, ImportCall call) {
  ImportConfig config;
  if (is_new_table(call)) read_table_name(reader, config);
  read_mode(reader, call, config.options);
  config.options.skip_top = reader.number("skipTop", 0, std::numeric_limits<int>::max());
  read_csv_settings(reader, config.options);
  read_separators(reader, config.options);
  read_dates(reader, config.options);
  read_data_types(reader, config.options);
  config.options.retain_column_names = reader.boolean("retainColumnNames");
  config.options.match_nulls = reader.boolean("matchNulls");
  read_callback(reader, config);
  return config;
}

}  // namespace

DecodedConfig decode_config(std::string_view json_text, ImportCall call) {
  if (json_text.empty()) {
    return {{}, refuse(8504, "The parameter CONFIG is not proper (it has not been sent).")};
  }
  const auto json = parse_json(json_text);
  if (!json || !json->is_object()) return {{}, refuse(8080, "CONFIG is not a JSON object.")};
  ConfigReader reader(*json);
  ImportConfig config;
  if (is_batch(call)) {
    reader.require("batchKey", "for a batch");
    config.batch_key = reader.text("batchKey");
    config.is_last_batch = reader.boolean("isLastBatch").value_or(false);
  }
  // The settings of a batch job are those of its first batch; later ones are not looked at.
  if (!is_batch(call) || config.batch_key == first_batch_key) {
    auto settings = read_whole(reader, call);
    settings.batch_key = std::move(config.batch_key);
    settings.is_last_batch = config.is_last_batch;
    config = std::move(settings);
  }
  if (reader.refusal()) return {{}, reader.refusal()};
  return {std::move(config), {}};
}

}  // namespace dropload::zoho
