#include <filesystem>

#include <fmt/format.h>

#include "common/base/text.h"
#include "daemon/intake/retire.h"

namespace dropload::intake {
namespace {

using queue::SubmissionState;

std::string headline(const queue::Submission& submission) {
  const std::string name = escaped(submission.file_name);
  switch (submission.state) {
    case SubmissionState::cancelled:
      if (submission.duplicate_of) return fmt::format("{} was not imported: its content had come before.", name);
      return fmt::format("{} was discarded and not imported.", name);
    case SubmissionState::superseded:
      return fmt::format("{} was not imported: a newer file took its place.", name);
    default:
      return fmt::format("{} was not imported.", name);
  }
}

std::string what_happened(const queue::Submission& submission) {
  std::string text = submission.reason.empty() ? "No reason was recorded." : readable(submission.reason);
  if (submission.code) text += fmt::format("\nCode {} of the import API.", *submission.code);
  return text;
}

// The subdirectory may name the table, and the name may have to fit a pattern.
std::string put_it_back(const queue::Submission& submission, const std::string& subdirectory,
                        const std::string& placed_as, bool stays) {
  std::filesystem::path directory(*submission.drop_directory);
  if (!subdirectory.empty()) directory /= subdirectory;
  if (stays) {
    return fmt::format(
        "The dropped file is still {}: to import it otherwise, correct it there, and it is taken as new.",
        escaped((directory / submission.file_name).string()));
  }
  const auto name = placed_as == submission.file_name
                        ? std::string()
                        : fmt::format(" under its old name, {}", escaped(submission.file_name));
  return fmt::format("To import it again otherwise, put it back into {}{} (corrected, if need be).",
                     escaped(directory.string()), name);
}

// The same bytes are the same package: what is in the way is to be mended first.
std::string instead_of_a_package(const queue::Submission& submission) {
  const auto where = submission.drop_directory
                         ? fmt::format("put a whole package into {}", escaped(*submission.drop_directory))
                         : fmt::format("submit a whole package to the route {}", escaped(submission.route));
  return fmt::format(
      "The same bytes cannot be unpacked another time: {}, or the files that are to be in it. `dropload retry {}` "
      "helps only when a setting of the route was in the way, and has been changed.",
      where, submission.id);
}

std::string what_to_do(const queue::Submission& submission, const std::string& subdirectory,
                       const std::string& placed_as, bool stays) {
  std::string text = readable(submission.advice);
  if (!text.empty()) text += '\n';
  if (submission.state == SubmissionState::superseded) return text + "Nothing.";
  if (submission.is_refused_package()) return text + instead_of_a_package(submission);
  text += fmt::format("To import it as it is, say `dropload retry {}`.\n", submission.id);
  // Put back as it is it would be found to have come before once more.
  if (submission.duplicate_of && submission.state == SubmissionState::cancelled) return text;
  if (submission.drop_directory) return text + put_it_back(submission, subdirectory, placed_as, stays);
  return text +
         fmt::format("To import it again otherwise, submit it once more to the route {}.", escaped(submission.route));
}

// What often explains a failure. "" when there was nothing.
std::string what_was_found(const queue::Submission& submission) {
  std::string text;
  for (const auto& finding : submission.findings) {
    if (finding.severity == queue::Severity::warning) text += fmt::format("- {}\n", readable(finding.text));
  }
  if (text.empty()) return text;
  return fmt::format("What was found when it was accepted\n-----------------------------------\n{}\n", text);
}

std::string facts(const queue::Submission& submission) {
  std::string text = fmt::format(
      "submission  {}\nroute       {}\ntable       {}\nworkspace   {}\nsize        {} bytes\nsha256      {}\naccepted  "
      "  {}\n",
      submission.id, escaped(submission.route), escaped(submission.table.table), escaped(submission.table.workspace),
      submission.size, submission.sha256, to_rfc3339(submission.accepted_at));
  if (submission.is_member()) {
    text += fmt::format("member      {} of {}, package {}\n", escaped(submission.package->member),
                        escaped(submission.package->name), submission.package->id);
  }
  if (submission.ended_at) text += fmt::format("ended       {}\n", to_rfc3339(*submission.ended_at));
  if (submission.attempts > 0) text += fmt::format("attempts    {}\n", submission.attempts);
  return text;
}

}  // namespace

std::string error_text(const queue::Submission& submission, const std::string& subdirectory,
                       const std::string& placed_as, bool stays) {
  return fmt::format("{}\n\nWhat happened\n-------------\n{}\n\nWhat to do\n----------\n{}\n\n{}Details\n-------\n{}",
                     headline(submission), what_happened(submission),
                     what_to_do(submission, subdirectory, placed_as, stays), what_was_found(submission),
                     facts(submission));
}

}  // namespace dropload::intake
