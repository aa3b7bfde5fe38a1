#include <algorithm>

#include <fmt/format.h>

#include "daemon/intake/preflight.h"
#include "daemon/intake/preflight_words.h"

namespace dropload::intake {
namespace {

using queue::Findings;
using queue::History;
using Names = std::vector<std::string>;

// More names than these are not compared with all others.
constexpr std::size_t most_meant = 3;
// Fewer records than a tenth of the median of the route's last files; from three files of twenty records on.
constexpr std::size_t least_counts = 3;
constexpr std::int64_t least_median = 20;
constexpr std::int64_t far_fewer = 10;

Names without(const Names& names, const Names& others) {
  Names left;
  std::ranges::copy_if(names, std::back_inserter(left),
                       [&others](const auto& name) { return !has_name(others, name); });
  return left;
}

// Those that may be misspelt, each with what was probably meant.
std::string listed_with_meant(const Names& names, const Names& candidates) {
  if (names.size() > most_meant) return listed(names);
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += shown_name(names[i]) + meant_by(names[i], candidates);
  }
  return text;
}

void compare_with_last(Findings& findings, const Names& columns, const queue::LastFile& last) {
  const auto missing = without(last.columns, columns);
  const auto added = without(columns, last.columns);
  if (missing.empty() && added.empty()) return;
  std::string what;
  if (!missing.empty()) what = fmt::format("missing {}", listed(missing));
  if (!added.empty()) what += fmt::format("{}new {}", what.empty() ? "" : ", ", listed_with_meant(added, missing));
  findings.push_back(
      warning("columns_changed",
              fmt::format("The last file, submission {}, had {}, this one {}: {}. Look whether its export was changed.",
                          last.submission, counted(static_cast<std::int64_t>(last.columns.size()), "column"),
                          columns.size(), what),
              1));
}

// A column that was left out of the last file's import too, or that it did not have either, is no news.
void compare_with_table(Findings& findings, const Names& columns, bool is_partial, const History& history) {
  const bool has_last = history.last && !history.last->columns.empty();
  const auto unknown = without(columns, history.columns);
  const auto missing = without(history.columns, columns);
  const auto expected = without(missing, history.not_lately);
  if (!unknown.empty()) {
    const bool is_news = !has_last || !without(unknown, history.last->columns).empty();
    auto finding = warning(
        "unknown_column",
        fmt::format("The table is not known to have {}. What it does not have is left out without an error: correct "
                    "the header, or add the column to the table.",
                    listed_with_meant(unknown, missing)),
        1);
    if (!is_news) finding.severity = queue::Severity::note;
    findings.push_back(std::move(finding));
  }
  if (!expected.empty() && !is_partial && !has_last) {
    findings.push_back(warning(
        "missing_column",
        fmt::format("The table has {}, which the file has not. They stay empty in its rows.", listed(expected)), 1));
  }
}

void compare_records(Findings& findings, std::int64_t records, std::vector<std::int64_t> counts) {
  if (counts.size() < least_counts) return;
  std::ranges::sort(counts);
  const auto median = counts[counts.size() / 2];
  if (median < least_median || records * far_fewer >= median) return;
  findings.push_back(
      warning("few_records", fmt::format("It has {}, where the route's last files had about {}. Look whether its "
                                         "export was cut short.",
                                         counted(records, "record"), grouped(median))));
}

}  // namespace

Findings findings_by_history(Findings findings, const Names& columns, std::optional<std::int64_t> records,
                             bool is_partial, const History& history) {
  const auto is_row = [](const queue::Finding& finding) { return finding.code == "header_like_a_row"; };
  const bool is_as_before = history.last && !columns.empty() && history.last->columns == columns;
  // The same first line twice is no row.
  if (is_as_before) std::erase_if(findings, is_row);
  if (!columns.empty() && std::ranges::none_of(findings, is_row)) {
    if (history.last && !history.last->columns.empty() && !is_as_before)
      compare_with_last(findings, columns, *history.last);
    if (!history.columns.empty()) compare_with_table(findings, columns, is_partial, history);
  }
  if (records && history.last) compare_records(findings, *records, history.last->records);
  return findings;
}

std::optional<Refusal> why_held(queue::SubmissionId id, const Findings& findings, queue::OnFinding choice,
                                bool may_clear_table, const Findings& earlier) {
  const auto holds = [&](const queue::Finding& finding) {
    if (finding.severity != queue::Severity::warning) return false;
    const auto is_known = [&finding](const queue::Finding& other) { return other.code == finding.code; };
    if (std::ranges::any_of(earlier, is_known)) return false;
    if (finding.code == "clears_table") return !may_clear_table;
    return choice == queue::OnFinding::hold;
  };
  const auto first = std::ranges::find_if(findings, holds);
  if (first == findings.end()) return std::nullopt;
  const auto more = std::ranges::count_if(findings, holds) - 1;
  return Refusal{
      more == 0
          ? first->text
          : fmt::format("{} (There {} {}.)", first->text, more == 1 ? "is" : "are", counted(more, "more warning")),
      fmt::format("`dropload release {}` imports it as it is, `dropload discard {}` ends it; `dropload show {}` has "
                  "all that was found.",
                  id, id, id)};
}

}  // namespace dropload::intake
