#include "daemon/intake/surveying.h"

#include <fmt/format.h>

#include "common/base/files.h"
#include "common/base/text.h"
#include "common/csv/header.h"
#include "common/zoho/csv_dialect.h"
#include "daemon/intake/preflight.h"
#include "daemon/intake/sha256.h"

namespace dropload::intake {
namespace {

bool can_be_merged(const csv::Survey& survey, const queue::Route& route) {
  const bool is_wide = survey.encoding == csv::Encoding::utf16_le || survey.encoding == csv::Encoding::utf16_be;
  return !is_wide && route.options.import_type == zoho::ImportType::append;
}

// Where the service finds out whether there is a header, it may take the first record for a row.
bool may_have_no_header(const csv::Survey& survey, const queue::Route& route) {
  const auto& options = route.options;
  const bool names_columns = !options.selected_columns.empty() || !options.column_separators.empty() ||
                             !options.column_date_format.empty() || !options.column_data_types.empty();
  return survey.header_may_be_a_row && options.auto_identify && options.skip_top.value_or(0) == 0 && !names_columns;
}

// Of JSON no dialect is found out.
constexpr csv::KnownDialect known_as_any{.delimiter = ',', .quote = std::optional<char>('"')};

// More than a table can have is nothing to be compared with.
bool can_be_compared(const std::vector<std::string>& columns) {
  constexpr std::size_t most_columns = 1'000;
  constexpr std::size_t most_bytes = 64 * 1024;
  std::size_t bytes = 0;
  for (const auto& name : columns) bytes += name.size();
  return columns.size() <= most_columns && bytes <= most_bytes;
}

// That a file would clear its table is always found.
void note_findings(queue::NewSubmission& submission, const csv::Survey& survey, std::uint64_t size,
                   const queue::Route& route) {
  const auto names = csv::header_names(survey);
  auto findings = findings_of_csv(survey, names, size, route);
  if (route.on_finding == queue::OnFinding::off) {
    std::erase_if(findings, [](const queue::Finding& finding) { return finding.code != "clears_table"; });
  }
  submission.findings = queue::bounded(std::move(findings));
  submission.columns = columns_to_import(names, route);
  if (!can_be_compared(submission.columns)) submission.columns.clear();
}

std::string mark(std::optional<char> c) {
  return c ? fmt::format("{}", static_cast<int>(*c)) : "none";
}

}  // namespace

std::string shape_of(const csv::Survey& survey, const queue::Route& route) {
  if (!can_be_merged(survey, route)) return "";
  zoho::ImportConfig config;
  config.options = route.options;
  const auto& dialect = survey.dialect;
  // The parts before the header hold no line break, so that no two files share a text that differ in one of them.
  const auto text = fmt::format("1 {} {} {} {} {}\n{}\n{}\n{}", static_cast<int>(survey.encoding),
                                mark(dialect.delimiter), mark(dialect.quote), mark(dialect.comment), dialect.skip_top,
                                escaped(route.name), zoho::encode(config), survey.header);
  Sha256 digest;
  digest.update(std::as_bytes(std::span(text)));
  return digest.finish();
}

void survey_into(queue::NewSubmission& submission, const std::filesystem::path& path, const queue::Route& route) {
  if (submission.is_package) return;
  const auto file = SystemFiles().open_for_reading(path);
  if (!file) return;
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  survey_into(submission, csv::bytes_of_file(file->get()), failure ? 0 : size, route);
}

void survey_into(queue::NewSubmission& submission, csv::ByteSource bytes, std::uint64_t size,
                 const queue::Route& route) {
  if (route.options.file_type == zoho::FileType::json) {
    if (route.on_finding == queue::OnFinding::off) return;
    if (const auto beginning = csv::read_beginning(bytes, known_as_any))
      submission.findings = queue::bounded(findings_of_json(beginning->bytes));
    return;
  }
  if (route.options.file_type != zoho::FileType::csv) return;
  const auto found = csv::survey_as_far_as_it_goes(std::move(bytes), zoho::known_dialect(route.options));
  if (!found) return;
  note_findings(submission, *found, size, route);
  if (found->broken || may_have_no_header(*found, route)) return;
  submission.records = found->records;
  submission.shape = shape_of(*found, route);
}

}  // namespace dropload::intake
