#pragma once

// CONFIG of an import call (import-api.md, section 2): encoded by the client, decoded by the import service, here both
// ways so that the two cannot drift. Pure.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/zoho/codes.h"

namespace dropload::zoho {

enum class ImportType { append = 1, truncateadd, updateadd };
enum class OnError { abort = 1, skiprow, setcolumnempty };
enum class FileType { csv = 1, json };

// The words of the API, lower case: "append", "skiprow", "csv".
std::string_view to_string(ImportType type);
std::string_view to_string(OnError on_error);
std::string_view to_string(FileType type);
// Any case. Nothing for other words.
std::optional<ImportType> parse_import_type(std::string_view word);
std::optional<OnError> parse_on_error(std::string_view word);
std::optional<FileType> parse_file_type(std::string_view word);

struct ColumnType {
  std::string column;
  std::string type;  // "PLAIN", "NUMBER", "DATE", …
};

// How a file is to be read and where its rows go. What a route sets and what CONFIG carries. An empty optional is left
// out of CONFIG.
struct ImportOptions {
  ImportType import_type = ImportType::append;
  FileType file_type = FileType::csv;
  OnError on_error = OnError::abort;
  bool auto_identify = true;                                    // delimiter, quote and types are detected
  std::vector<std::string> matching_columns;                    // 1-100, required for updateadd
  std::vector<std::string> selected_columns;                    // 1-300; empty: all
  std::optional<int> skip_top;                                  // leading lines dropped before the header
  std::optional<int> delimiter;                                 // 0 comma, 1 tab, 2 semicolon, 3 space, 4 pipe
  std::optional<int> quoted;                                    // 0 none, 1 single, 2 double; quoteChar is read, too
  std::optional<std::string> comment_char;                      // one ASCII character
  std::optional<int> thousand_separator;                        // 0 ',' 1 '.' 2 ' ' 3 '\'' 4 none
  std::optional<int> decimal_separator;                         // 0 '.' 1 ','
  std::map<std::string, std::array<int, 2>> column_separators;  // column → thousand, decimal
  std::optional<std::string> date_format;                       // Java pattern
  std::map<std::string, std::string> column_date_format;
  std::vector<ColumnType> column_data_types;
  std::optional<bool> retain_column_names;
  std::optional<bool> match_nulls;
};

// The batchKey of a batch job's first call; the answer carries the real one.
inline constexpr std::string_view first_batch_key = "start";

struct ImportConfig {
  std::optional<std::string> table_name;  // of a new table; importType is then left out
  ImportOptions options;
  std::optional<std::string> callback_url;
  std::optional<std::string> batch_key;  // section 5; fileType is then left out
  bool is_last_batch = false;            // sent only with a batch key
};

// What the call is for: it decides which keys are required and which make no sense.
enum class ImportCall { new_table = 1, existing_table, new_table_batch, existing_table_batch };

// The JSON text of CONFIG, keys in the order of the API page.
std::string encode(const ImportConfig& config);

// Reads CONFIG as the real service does: booleans and numbers also as strings, words in any case; null is as good as
// not sent, and keys that it does not know are left alone (but see objection_to_keys). Of a batch call whose batchKey
// is not `first_batch_key` only batchKey and isLastBatch are read. A Refusal carries the documented code:
//   8504 the text is empty · 8080 it is no JSON object, or nested too deep (max_json_depth) · 8516 wrong JSON type ·
//   8079 a required key is missing · 8078 tableName is empty · 8119 no such word, number, character; no CSV batch ·
//   8547 list too short or too long · 8148, 8149 separators · 7512 date pattern · 8125 callbackUrl is no http URL
struct DecodedConfig {
  std::optional<ImportConfig> config;  // one of the two is set
  std::optional<Refusal> refusal;
};
DecodedConfig decode_config(std::string_view json_text, ImportCall call);

// 8516 for a key that neither the API's page nor its OpenAPI files name in the CONFIG of an import, with the one that
// was probably meant (the real service is not known to do so), and for nullValue and trimSpaces: not done here.
std::optional<Refusal> objection_to_keys(std::string_view json_text);

}  // namespace dropload::zoho
