#include "daemon/cli/format.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "common/base/text.h"

namespace dropload::cli {
namespace {

std::string first_line(const std::string& text) {
  return readable(text.substr(0, text.find('\n')));
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    text.remove_prefix(std::max<std::size_t>(utf8_sequence(text), 1));
    ++width;
  }
  return width;
}

std::string with_indent(const std::string& text, std::size_t indent) {
  std::string indented;
  for (const char c : readable(text)) {
    indented += c;
    if (c == '\n') indented.append(indent, ' ');
  }
  return indented;
}

// "  reason      <text>", or nothing for an empty text.
void add_field(std::string& out, std::string_view name, const std::string& text) {
  constexpr std::size_t column = 14;
  if (!text.empty()) out += fmt::format("  {:<{}}{}\n", name, column - 2, with_indent(text, column));
}

std::string time_or_nothing(const std::optional<Time>& time) {
  return time ? time_text(*time) : "";
}

// What is odd about a job that carries several files is told of each of them.
std::string message_of(const queue::Job& job) {
  if (job.parts == 1) return job.message;
  const auto carried = fmt::format("of {} files", job.parts);
  return job.message.empty() || job.state == queue::JobState::succeeded ? carried : carried + ": " + job.message;
}

std::string number_or_nothing(const std::optional<queue::SubmissionId>& id) {
  return id ? fmt::format("submission {}", *id) : "";
}

// Names come escaped.
std::string member_text(const queue::Submission& s) {
  if (!s.package) return "";
  if (s.is_refused_package()) return "it is one, which was not unpacked";
  return fmt::format("member {} of {}, package {}", s.package->member, s.package->name, s.package->id);
}

// What people want to know of one that has ended, but whose file has not arrived in done/ or failed/.
std::string trouble_text(const queue::Submission& submission) {
  if (submission.retire_trouble.empty()) return "";
  return fmt::format("its original is still in the spool, and is put away as soon as that can be: {}",
                     submission.retire_trouble);
}

std::string original_text(const queue::Submission& s) {
  if (!s.removed_at) return s.retired_to.value_or(trouble_text(s));
  const auto days = (*s.removed_at - s.ended_at.value_or(*s.removed_at)).count() / 86'400'000;
  return fmt::format("{}, removed after {} days, at {}", s.retired_to.value_or(""), days, time_text(*s.removed_at));
}

std::string reason_shown(const queue::Submission& submission) {
  const auto trouble = trouble_text(submission);
  return submission.reason.empty() || trouble.empty() ? submission.reason + trouble
                                                      : first_line(submission.reason) + "; " + trouble;
}

std::string paused_text(const std::optional<queue::Pause>& paused) {
  if (!paused) return "";
  return fmt::format("paused {}: {}", paused->until ? "until " + time_text(*paused->until) : "by a person",
                     paused->reason);
}

std::string jobs_text(const std::vector<queue::Job>& jobs) {
  std::vector<std::vector<std::string>> rows{
      {"  JOB", "STATE", "REMOTE ID", "STARTED", "ENDED", "POLLS", "CODE", "MESSAGE"}};
  for (const auto& job : jobs) {
    rows.push_back({fmt::format("  {}", job.id), std::string(to_string(job.state)), job.remote_id.value_or("-"),
                    time_text(job.started_at), job.ended_at ? time_text(*job.ended_at) : "-", std::to_string(job.polls),
                    job.remote_code ? std::to_string(*job.remote_code) : "-", message_of(job)});
  }
  return table(rows);
}

// Warnings first: what is only told of a file stands behind what may be wrong with it.
std::string findings_text(const queue::Findings& findings) {
  std::string text;
  for (const auto severity : {queue::Severity::warning, queue::Severity::note}) {
    for (const auto& finding : findings) {
      if (finding.severity == severity) add_field(text, to_string(severity), finding.text);
    }
  }
  return text;
}

std::string timeline_text(const std::vector<queue::Event>& timeline) {
  std::vector<std::vector<std::string>> rows{{"  TIME (UTC)", "WHAT", ""}};
  for (const auto& event : timeline) rows.push_back({"  " + time_text(event.at), event.what, event.text});
  return table(rows);
}

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(first_line(row[i])));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string cell = first_line(row[i]);
      line += cell;
      line.append(widths[i] - width_of(cell) + 2, ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  constexpr std::array units{"kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string time_text(Time time) {
  std::string text = to_rfc3339(time);
  text[text.find('T')] = ' ';
  return text.substr(0, text.find('.'));
}

std::string rows_text(const std::optional<queue::Rows>& rows) {
  if (!rows) return "";
  if (rows->success == rows->total) return std::to_string(rows->total);
  return fmt::format("{} of {}", rows->success, rows->total);
}

std::string outcome_text(const queue::Submission& submission) {
  std::string text(to_string(submission.state));
  if (const auto& rows = submission.rows) {
    text += fmt::format(", {} {}", rows_text(rows), rows->total == 1 ? "row" : "rows");
    if (rows->warnings > 0)
      text += fmt::format(", {} {}", rows->warnings, rows->warnings == 1 ? "warning" : "warnings");
  }
  if (!submission.reason.empty()) text += ": " + first_line(submission.reason);
  return text;
}

std::string list_text(const api::SubmissionPage& page) {
  const auto reason_of = [&page](const queue::Submission& s) {
    const auto waits = page.waits.find(s.id);
    const auto why = waits != page.waits.end() ? waits->second : reason_shown(s);
    if (s.warnings == 0 || s.state == queue::SubmissionState::held) return why;
    return fmt::format("{}{}{}", fmt::format("{} warning{}", s.warnings, s.warnings == 1 ? "" : "s"),
                       why.empty() ? "" : "; ", why);
  };
  if (page.submissions.empty()) return "no submissions\n";
  std::vector<std::vector<std::string>> rows{
      {"ID", "STATE", "ROUTE", "TABLE", "FILE", "SIZE", "ROWS", "ACCEPTED (UTC)", "REASON"}};
  for (const auto& s : page.submissions) {
    const auto rows_shown = s.rows ? rows_text(s.rows) : "-";
    rows.push_back({std::to_string(s.id), std::string(to_string(s.state)), s.route, s.table.table, s.file_name,
                    size_text(s.size), rows_shown, time_text(s.accepted_at), reason_of(s)});
  }
  std::string text = table(rows);
  if (page.next) text += fmt::format("more with --before {}\n", *page.next);
  return text;
}

std::string detail_text(const api::SubmissionDetail& detail) {
  const auto& s = detail.submission;
  std::string text = fmt::format("submission {}: {}\n", s.id, to_string(s.state));
  add_field(text, "file", fmt::format("{} ({})", s.file_name, size_text(s.size)));
  add_field(text, "package", member_text(s));
  add_field(text, "from", s.source == queue::Source::rest ? "REST" : s.drop_directory.value_or(""));
  add_field(text, "route", s.route);
  add_field(text, "table", fmt::format("{} in {} of {}", s.table.table, s.table.workspace, s.table.organization));
  add_field(text, "priority", s.priority != 0 ? std::to_string(s.priority) : "");
  add_field(text, "waits", detail.waits_because);
  add_field(text, "reason", s.reason);
  add_field(text, "what to do", s.advice);
  add_field(text, "code", s.code ? std::to_string(*s.code) : "");
  add_field(text, "rows", rows_text(s.rows));
  const bool is_other = s.records && (!s.rows || s.rows->total != *s.records);
  add_field(text, "counted", is_other ? std::to_string(*s.records) : "");
  add_field(text, "warnings", s.rows && s.rows->warnings > 0 ? std::to_string(s.rows->warnings) : "");
  add_field(text, "accepted", time_text(s.accepted_at));
  add_field(text, "waits until", time_or_nothing(s.not_before));
  add_field(text, "ended", time_or_nothing(s.ended_at));
  add_field(text, "original", original_text(s));
  add_field(text, "sha256", s.sha256);
  add_field(text, "retry of", number_or_nothing(s.retry_of));
  add_field(text, "retried as", number_or_nothing(s.retried_as));
  add_field(text, "replaced by", number_or_nothing(s.superseded_by));
  add_field(text, "same as", number_or_nothing(s.duplicate_of));
  if (!s.findings.empty()) text += "\n" + findings_text(s.findings);
  if (!detail.jobs.empty()) text += "\n" + jobs_text(detail.jobs);
  if (!detail.timeline.empty()) text += "\n" + timeline_text(detail.timeline);
  return text;
}

namespace {

std::string expected_text(const std::vector<api::RouteView>& routes) {
  std::vector<std::vector<std::string>> rows{{"ROUTE", "EXPECTS", "STATE", "WHAT", "NEXT (UTC)"}};
  for (const auto& route : routes) {
    for (const auto& one : route.expected) {
      rows.push_back({route.name, one.expect, one.state, one.sentence, time_text(one.next_due_at)});
    }
  }
  return rows.size() > 1 ? "\n" + table(rows) : "";
}

}  // namespace

std::string routes_text(const std::vector<api::RouteView>& routes) {
  std::vector<std::vector<std::string>> rows{
      {"ROUTE", "ORGANIZATION", "WORKSPACE", "TABLE", "PRIORITY", "DROP", "IGNORED", "STATE"}};
  for (const auto& route : routes) {
    auto state = route.paused ? paused_text(route.paused) : std::string("open");
    if (route.drop && !route.drop->reason.empty())
      state += fmt::format(", {}: {}", route.drop->state, route.drop->reason);
    if (route.intake && route.intake->state != "open")
      state += fmt::format(", takes nothing since {}: {}", time_or_nothing(route.intake->since), route.intake->reason);
    if (route.drop && route.drop->not_taken > 0)
      state += fmt::format(", {} files cannot be taken (dropload ignored {})", route.drop->not_taken, route.name);
    rows.push_back({route.name, route.organization, route.workspace, route.table.value_or("-"),
                    std::to_string(route.priority), route.drop ? route.drop->state : "-",
                    route.drop ? std::to_string(route.drop->ignored) : "-", std::move(state)});
  }
  return table(rows) + expected_text(routes);
}

std::string ignored_text(const api::IgnoredView& ignored) {
  if (ignored.count == 0 && ignored.not_taken_count == 0) return "nothing is left alone\n";
  std::vector<std::vector<std::string>> rows{{"NAME", "LEFT ALONE BECAUSE"}};
  for (const auto& one : ignored.not_taken) rows.push_back({one.name, one.why});
  for (const auto& one : ignored.ignored) rows.push_back({one.name, one.why});
  const auto more = ignored.count + ignored.not_taken_count - (rows.size() - 1);
  return table(rows) + (more > 0 ? fmt::format("and {} more\n", more) : "");
}

std::string organizations_text(const std::vector<api::OrganizationView>& organizations) {
  std::vector<std::vector<std::string>> rows{{"ORGANIZATION", "SLOTS", "UPLOADS", "CALLS", "STATE"}};
  for (const auto& one : organizations) {
    auto state = one.paused ? paused_text(one.paused) : std::string(one.probing ? "probing with one file" : "open");
    // What is being uploaded is not at the service yet: it has a column of its own.
    auto slots = one.others ? fmt::format("{} ours + {} others at {}", one.slots_held - one.uploading, *one.others,
                                          time_text(one.others_told_at.value_or(Time{})))
                            : fmt::format("{} of {}", one.slots_held, one.max_jobs);
    if (one.closed_until) state += ", no call until " + time_text(*one.closed_until);
    rows.push_back({one.name, std::move(slots), std::to_string(one.uploading),
                    fmt::format("{} of {}", one.bulk_calls, one.bulk_allowed), std::move(state)});
  }
  return table(rows);
}

}  // namespace dropload::cli
