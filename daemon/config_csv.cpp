#include "daemon/config_csv.h"

#include <algorithm>
#include <array>
#include <optional>

#include "common/base/nearest.h"
#include "common/zoho/date_pattern.h"
#include "daemon/config_values.h"

namespace dropload::config {
namespace {

// The numbers are CONFIG's (import-api.md, section 2).
constexpr std::array<Word<int>, 10> delimiters{{{",", 0},
                                                {"comma", 0},
                                                {"\t", 1},
                                                {"tab", 1},
                                                {";", 2},
                                                {"semicolon", 2},
                                                {" ", 3},
                                                {"space", 3},
                                                {"|", 4},
                                                {"pipe", 4}}};
constexpr std::array<Word<int>, 5> quotes{{{"none", 0}, {"'", 1}, {"single", 1}, {"\"", 2}, {"double", 2}}};
constexpr int thousand_dot = 1;
constexpr std::array<Word<int>, 8> thousand_separators{{{",", 0},
                                                        {"comma", 0},
                                                        {".", thousand_dot},
                                                        {"dot", thousand_dot},
                                                        {" ", 2},
                                                        {"space", 2},
                                                        {"'", 3},
                                                        {"none", 4}}};
constexpr std::array<Word<int>, 4> decimal_separators{{{".", 0}, {"dot", 0}, {",", 1}, {"comma", 1}}};
constexpr std::array<std::string_view, 13> column_types{"PLAIN",
                                                        "MULTI_LINE",
                                                        "EMAIL",
                                                        "NUMBER",
                                                        "POSITIVE_NUMBER",
                                                        "DECIMAL_NUMBER",
                                                        "CURRENCY",
                                                        "PERCENT",
                                                        "DATE",
                                                        "BOOLEAN",
                                                        "URL",
                                                        "AUTO_NUMBER",
                                                        "GEO"};

void read_into(TableReader& table, std::string_view key, std::optional<int>& into, std::span<const Word<int>> words) {
  int value = 0;
  if (table.read_word(key, value, words)) into = value;
}

Result<std::string> parse_comment(std::string_view text) {
  if (text.size() == 1) return std::string(text);
  return error(Errc::invalid_argument,
               "\"{}\" is not one ASCII character; write the one that begins a comment, such as \"#\"", text);
}

Result<std::string> parse_date_pattern(std::string_view text) {
  if (const auto checked = zoho::check_date_pattern(text); !checked) return checked.error();
  return std::string(text);
}

Result<std::string> parse_column_type(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (std::ranges::find(column_types, upper) != column_types.end()) return upper;
  const std::vector<std::string> known(column_types.begin(), column_types.end());
  const std::string meant = nearest(text, known);
  const std::string advice = meant.empty() ? "write one of them" : fmt::format("did you mean \"{}\"?", meant);
  return error(Errc::invalid_argument, "\"{}\" is none of {}; {}", text, list_of(known), advice);
}

// The service detects all of delimiter and quote or none of it (8079).
void check_detection(TableReader& csv, const zoho::ImportOptions& options) {
  constexpr std::array<std::string_view, 2> keys{"delimiter", "quote"};
  for (const std::string_view key : keys) {
    if (options.auto_identify && csv.has(key)) {
      csv.problem(key,
                  "is detected while auto_identify is true; write auto_identify = false too, or take the line out");
    }
  }
  if (options.auto_identify) return;
  csv.require("delimiter", R"(delimiter = ",", or leave auto_identify out)");
  csv.require("quote", R"(quote = "double", or leave auto_identify out)");
}

// What is not said is a comma for thousands and a dot for decimals; the two must differ (8148).
void check_separators(TableReader& csv, const zoho::ImportOptions& options) {
  const int thousand = options.thousand_separator.value_or(0);
  const int decimal = options.decimal_separator.value_or(0);
  if (thousand == 0 && decimal == 1) {
    csv.problem("decimal_separator",
                R"(a comma separates thousands too; write thousand_separator = "." or "none" as well)");
  } else if (thousand == thousand_dot && decimal == 0) {
    csv.problem("thousand_separator", R"(a dot separates decimals too; write decimal_separator = "," as well)");
  }
}

void read_columns(TableReader& csv, zoho::ImportOptions& options) {
  const auto note = [&](std::string_view key, const TableReader::Entry& entry, const Error& error) {
    csv.source().problem(entry.place, fmt::format("{}: column \"{}\": {}", key, entry.key, error.message));
  };
  for (const auto& entry : csv.entries("column_date_formats")) {
    const auto checked = zoho::check_date_pattern(entry.text);
    if (!checked) note("column_date_formats", entry, checked.error());
    options.column_date_format[entry.key] = entry.text;
  }
  for (const auto& entry : csv.entries("column_types")) {
    const auto type = parse_column_type(entry.text);
    if (!type) note("column_types", entry, type.error());
    if (type) options.column_data_types.push_back({entry.key, *type});
  }
}

}  // namespace

void read_csv(TableReader& csv, zoho::ImportOptions& options) {
  csv.read("auto_identify", options.auto_identify);
  read_into(csv, "delimiter", options.delimiter, delimiters);
  read_into(csv, "quote", options.quoted, quotes);
  check_detection(csv, options);
  std::string text;
  if (csv.read_parsed("comment", text, parse_comment)) options.comment_char = text;
  int skip_top = 0;
  if (csv.read_number("skip_top", skip_top, 0, 1'000'000)) options.skip_top = skip_top;
  read_into(csv, "thousand_separator", options.thousand_separator, thousand_separators);
  read_into(csv, "decimal_separator", options.decimal_separator, decimal_separators);
  check_separators(csv, options);
  if (csv.read_parsed("date_format", text, parse_date_pattern)) options.date_format = text;
  read_columns(csv, options);
}

}  // namespace dropload::config
