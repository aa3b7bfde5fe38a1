#include <algorithm>

#include <fmt/format.h>

#include "common/base/text.h"
#include "daemon/intake/retire.h"

namespace dropload::intake {
namespace {

using queue::SubmissionState;

bool is_done(const queue::Submission& member) {
  return member.state == SubmissionState::done;
}

std::string line_of_member(const queue::Submission& member) {
  std::string line =
      fmt::format("{}: {}, submission {}", escaped(member.package->member), to_string(member.state), member.id);
  if (is_done(member) && member.rows)
    return line + fmt::format(", {} of {} rows", member.rows->success, member.rows->total);
  if (member.retried_as) line += fmt::format(", retried as submission {}", *member.retried_as);
  if (!is_done(member) && member.retired_to && !member.retired_to->empty())
    line += fmt::format(", {}", escaped(*member.retired_to));
  return member.reason.empty() ? line : line + fmt::format("\n  {}", readable(member.reason));
}

// The package as retire() wants it.
queue::Submission ended_package(const queue::Package& package, const std::vector<queue::Submission>& members) {
  queue::Submission ended;
  ended.id = package.id;
  ended.route = package.route;
  ended.source = package.source;
  ended.file_name = package.file_name;
  ended.drop_directory = package.drop_directory;
  ended.size = package.size;
  ended.sha256 = package.sha256;
  ended.accepted_at = package.accepted_at;
  ended.state = std::ranges::all_of(members, is_done) ? SubmissionState::done : SubmissionState::failed;
  return ended;
}

std::string headline_of(const queue::Package& package, std::size_t done, std::size_t all) {
  const auto name = escaped(package.file_name);
  if (done == 0 && all == 1) return fmt::format("{} was not imported: its one file is not in.", name);
  if (done == 0) return fmt::format("{} was not imported: none of its {} files is in.", name, all);
  return fmt::format("{} was imported in part: {} of its {} files {} in.", name, done, all, done == 1 ? "is" : "are");
}

}  // namespace

std::string package_text(const queue::Package& package, const std::vector<queue::Submission>& members) {
  const auto done = static_cast<std::size_t>(std::ranges::count_if(members, is_done));
  std::string text = headline_of(package, done, members.size()) + "\n\nWhat happened\n-------------\n";
  for (const auto& member : members) text += line_of_member(member) + "\n";
  if (package.left_out_count > 0) {
    text += fmt::format("\nLeft out, with the rule ({}):\n{}", package.left_out_count, package.left_out);
  }
  text +=
      "\nWhat to do\n----------\nA file that was not imported lies in failed/ under its own name, with a text of its "
      "own: correct it and put it in by\nitself, or say `dropload retry` with the number of its submission.";
  text += done == 0 ? "\n" : " Do not put the package back as it is: what is done\nwould come a second time.\n";
  text += fmt::format(
      "\nDetails\n-------\npackage     {}\nroute       {}\nsize        {} bytes\nsha256      {}\naccepted    {}\n",
      package.id, escaped(package.route), package.size, package.sha256, to_rfc3339(package.accepted_at));
  return text;
}

Result<std::string> retire_package(queue::Spool& spool, Files& files, const RetireSettings& settings,
                                   const queue::Package& package, const std::vector<queue::Submission>& members,
                                   Time now, queue::KeptStamps* stamps) {
  return retire(spool, files, settings, ended_package(package, members), now, package_text(package, members), stamps);
}

}  // namespace dropload::intake
