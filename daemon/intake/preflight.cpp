#include "daemon/intake/preflight.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/base/text.h"
#include "daemon/intake/preflight_words.h"

namespace dropload::intake {
namespace {

using csv::Broken;
using csv::Survey;
using queue::Findings;
using queue::Route;

std::string delimiter_word(const csv::Dialect& dialect) {
  switch (dialect.delimiter) {
    case ',':
      return "comma";
    case ';':
      return "semicolon";
    case '\t':
      return "tab";
    case ' ':
      return "blank";
    case '|':
      return "pipe";
    default:
      return shown_name(std::string_view(&dialect.delimiter, 1));
  }
}

std::string breaks_word(const csv::LineBreaks& breaks) {
  std::string text;
  const auto add = [&text](bool is_there, std::string_view word) {
    if (is_there) text += fmt::format("{}{}", text.empty() ? "" : " and ", word);
  };
  add(breaks.lf, "LF");
  add(breaks.crlf, "CRLF");
  add(breaks.cr, "CR");
  return text.empty() ? "no line break" : text;
}

std::string facts_of(const Survey& survey) {
  const auto columns = static_cast<std::int64_t>(survey.header_fields);
  // True whether or not history takes back the warning of that line.
  const auto first = survey.header_is_like_a_row ? " beneath a first line that looks like one" : "";
  return fmt::format("{}{}, {}, {}, {}, {}{}{}.", name_of(survey.encoding), survey.bom_bytes > 0 ? " with BOM" : "",
                     delimiter_word(survey.dialect), breaks_word(survey.breaks), counted(columns, "column"),
                     counted(survey.records, "record"), first, survey.broken ? " before it breaks off" : "");
}

void add_broken(Findings& findings, const Broken& broken) {
  switch (broken.how) {
    case Broken::How::no_header:
      findings.push_back(
          warning("no_header", "It has nothing but empty lines or comments. Look whether its export was cut short."));
      return;
    case Broken::How::open_quote:
      findings.push_back(warning(
          "open_quote",
          fmt::format("The quote opened in line {} is never closed, so that all behind it is one field. Close it, or "
                      "double the quotes that belong to a value.",
                      grouped(broken.line)),
          broken.line));
      return;
    case Broken::How::over_the_limits:
      findings.push_back(warning(
          "record_too_long",
          fmt::format("It cannot be read beyond line {}: {}. Look for a quote that is not closed, or for another "
                      "delimiter.",
                      grouped(broken.line), escaped(broken.why.message)),
          broken.line));
      return;
  }
}

void add_header(Findings& findings, const Survey& survey, const std::vector<std::string>& names) {
  std::vector<std::string> seen;
  std::vector<std::string> same;
  std::vector<std::string> places;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) places.push_back(std::to_string(i + 1));
    if (!names[i].empty()) seen.push_back(lower(names[i]));
  }
  std::ranges::sort(seen);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    const bool is_new = same.empty() || same.back() != seen[i];
    if (seen[i] == seen[i - 1] && is_new) same.push_back(seen[i]);
  }
  if (!places.empty()) {
    findings.push_back(warning(
        "empty_column_name",
        fmt::format("{} no name in the header (column {}{}). Name them, or take a delimiter at the lines' ends away.",
                    places.size() == 1 ? "A column has" : fmt::format("{} columns have", places.size()), places.front(),
                    places.size() == 1 ? "" : " and others"),
        1));
  }
  if (!same.empty()) {
    findings.push_back(warning(
        "same_column_name", fmt::format("More than one column is named {}. Give each its own name.", listed(same)), 1));
  }
  if (survey.header_is_like_a_row) {
    findings.push_back(
        warning("header_like_a_row",
                fmt::format("The first line looks like a row rather than a header: {} of its {} fields {} a number, a "
                            "date or the like. Put a line with the columns' names before it.",
                            survey.header_values, survey.header_fields, survey.header_values == 1 ? "is" : "are each"),
                1));
  }
}

void add_ragged(Findings& findings, const Survey& survey) {
  const auto& [short_ones, long_ones, nul, other] = survey.odd;
  const auto fields = counted(static_cast<std::int64_t>(survey.header_fields), "field");
  if (short_ones.count > 0) {
    findings.push_back(warning(
        "short_records",
        fmt::format("{} fewer than the header's {} ({}). What is missing is taken as empty: look whether a line was "
                    "broken in two.",
                    counted(short_ones.count, "record") + (short_ones.count == 1 ? " has" : " have"), fields,
                    lines_of(short_ones)),
        short_ones.first.front()));
  }
  if (long_ones.count > 0) {
    findings.push_back(warning(
        "long_records",
        fmt::format("{} more than the header's {} ({}). The import fails for it unless on_error says otherwise: put "
                    "quotes around values that hold the delimiter.",
                    counted(long_ones.count, "record") + (long_ones.count == 1 ? " has" : " have"), fields,
                    lines_of(long_ones)),
        long_ones.first.front()));
  }
}

void add_bytes(Findings& findings, const Survey& survey) {
  if (survey.encoding == csv::Encoding::latin1) {
    findings.push_back(
        warning("not_utf8",
                "It is not UTF-8 and is read as Latin-1 (Windows-1252). Save it as UTF-8 if letters look "
                "wrong in the table."));
  } else if (const auto line = survey.odd.not_utf8_line) {
    findings.push_back(warning("not_utf8",
                               fmt::format("Line {} has bytes that are not UTF-8, which are read as Latin-1. Look "
                                           "whether two encodings were mixed.",
                                           grouped(*line)),
                               line));
  }
  if (const auto line = survey.odd.nul_line) {
    findings.push_back(warning("nul_bytes",
                               fmt::format("Line {} has a NUL byte. Look whether the file was damaged, or is not a "
                                           "text file at all.",
                                           grouped(*line)),
                               line));
  }
}

void add_records(Findings& findings, const Survey& survey, const Route& route) {
  if (survey.broken || survey.records > 0) return;
  if (would_clear_table(survey, route)) {
    findings.push_back(warning("clears_table",
                               "It has a header line but no records, and replaces the whole table: importing it "
                               "leaves the table empty. Look whether its export was cut short."));
  } else if (!survey.header_is_like_a_row) {
    findings.push_back(
        warning("no_records", "It has a header line but no records. Look whether its export was cut short."));
  }
}

void add_named(Findings& findings, std::string_view key, const std::vector<std::string>& named,
               const std::vector<std::string>& names) {
  for (const auto& name : named) {
    if (has_name(names, name)) continue;
    findings.push_back(warning("column_not_in_file",
                               fmt::format("Its header has no column {}{}, which the route's {} names. The import "
                                           "fails for it: correct the header or the route.",
                                           shown_name(name), meant_by(name, names), key),
                               1));
  }
}

void add_size(Findings& findings, std::uint64_t size, const Route& route) {
  if (size <= route.batch_bytes) return;
  const auto batches = static_cast<std::int64_t>((size + route.batch_bytes - 1) / route.batch_bytes);
  findings.push_back(
      note("batches", fmt::format("It is larger than what can be sent at once, and travels as {} batches or "
                                  "one more.",
                                  grouped(batches))));
}

}  // namespace

bool would_clear_table(const Survey& survey, const Route& route) {
  return !survey.broken && survey.records == 0 && route.options.import_type == zoho::ImportType::truncateadd;
}

std::vector<std::string> columns_to_import(const std::vector<std::string>& names, const Route& route) {
  const auto& selected = route.options.selected_columns;
  if (selected.empty()) return names;
  std::vector<std::string> columns;
  for (const auto& name : names) {
    if (has_name(selected, name)) columns.push_back(name);
  }
  return columns;
}

Findings findings_of_csv(const Survey& survey, const std::vector<std::string>& names, std::uint64_t size,
                         const Route& route) {
  Findings findings;
  const bool has_header = survey.header_fields > 0;
  if (has_header) findings.push_back(note("facts", facts_of(survey)));
  if (has_header) findings.push_back(note("header", fmt::format("Columns: {}.", listed(names))));
  add_size(findings, size, route);
  if (survey.broken) add_broken(findings, *survey.broken);
  add_bytes(findings, survey);
  if (!has_header) return findings;
  add_records(findings, survey, route);
  add_header(findings, survey, names);
  add_named(findings, "selected_columns", route.options.selected_columns, names);
  add_named(findings, "matching_columns", route.options.matching_columns, names);
  add_ragged(findings, survey);
  return findings;
}

}  // namespace dropload::intake
