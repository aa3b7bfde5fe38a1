#include "daemon/schedule/sentences.h"

#include <fmt/format.h>

#include "daemon/schedule/lines.h"

namespace dropload::schedule {
namespace {

// Reasons stand in the database, on the page and in a reason file: a long list of lines is cut there, the summary keeps
// it whole.
constexpr std::size_t longest_quote = 4'000;

// An import that is aborted at a bad value (7232) is rolled back as a whole. Of other failures no document says what
// they leave, and a job of batches may have committed some before.
bool has_written_nothing(const zoho::JobDetails& details) {
  constexpr int import_aborted = 7232;
  return details.error_code == import_aborted && !details.batch_key;
}

}  // namespace

std::string quoted(const std::string& html) {
  std::string text = zoho::plain_text(html);
  if (text.size() <= longest_quote) return text;
  text.resize(longest_quote);
  // Not in the middle of a line, and so not in the middle of a UTF-8 character either.
  text.resize(text.find_last_of('\n') == std::string::npos ? longest_quote : text.find_last_of('\n'));
  return text + "\n… (cut; the whole list is in the summary)";
}

std::string refused_sentence(const RefusedCall& call) {
  const std::string message = call.message.empty() ? "no message" : quoted(call.message);
  if (call.code != 0) return fmt::format("The service refused it: {} (code {}).", message, call.code);
  return fmt::format("The service refused it: {} (HTTP {}).", message, call.http_status);
}

std::string failed_sentence(const zoho::JobDetails& details) {
  std::string text = "The import failed";
  if (has_written_nothing(details)) text += " and nothing of it was written";
  if (details.error_code) text += fmt::format(" (code {})", *details.error_code);
  text += ": " + (details.error_message.empty() ? "the service gave no message." : quoted(details.error_message));
  if (!details.import_errors.empty()) text += "\n" + quoted(details.import_errors);
  return text;
}

std::string odd_success_sentence(const zoho::ImportSummary& summary, const std::string& import_errors) {
  const auto rejected = summary.total_rows - summary.success_rows;
  std::string text;
  if (rejected > 0) text = fmt::format("{} of {} rows were rejected.", rejected, summary.total_rows);
  if (summary.warnings > 0) {
    text += fmt::format("{}The service gave {} warning{}.", text.empty() ? "" : " ", summary.warnings,
                        summary.warnings == 1 ? "" : "s");
  }
  if (!text.empty() && !import_errors.empty()) text += "\n" + quoted(import_errors);
  return text;
}

std::string nothing_is_in_sentence(std::int64_t rows, zoho::ImportType type) {
  const auto text =
      rows == 1 ? std::string("Its only row was rejected: ") : fmt::format("All of its {} rows were rejected: ", rows);
  if (type != zoho::ImportType::truncateadd) return text + "nothing of it is in the table.";
  return text + "the table is empty now, as its old rows were deleted for it.";
}

std::string advice_for_nothing_in() {
  return "See why with `dropload show ID`; correct the rows, or what the route says of columns and formats, and hand "
         "in "
         "the file again.";
}

std::string advice_for_own_disk() {
  return "Make room on the disk of the import service, or mend it: then it goes on by itself.";
}

std::string advice_for_unknown() {
  return "Look into the table whether the rows of this file are there. If they are not, send it again with `dropload "
         "release ID`; if they are, "
         "end it with `dropload discard ID`.";
}

namespace {

std::string first_ones(int batches, std::uint64_t taken, std::uint64_t size) {
  return fmt::format("its first {} ({} of {} bytes)", batches == 1 ? "batch" : fmt::format("{} batches", batches),
                     taken, size);
}

}  // namespace

std::string taken_sentence(int batches, std::uint64_t taken, std::uint64_t size, bool commits_at_end) {
  if (batches == 0) return "";
  std::string text = " The service has taken " + first_ones(batches, taken, size);
  return text + (commits_at_end ? "; the table is replaced only when the last one is in."
                                : "; the rows of these stay in the table.");
}

std::string advice_for_rest(std::uint64_t taken) {
  return fmt::format(
      "What comes behind the batches that were taken is the header line and then `tail -c +{} FILE`: import that as a "
      "file of its own.",
      taken + 1);
}

std::string failed_series_sentence(int batches, std::uint64_t taken, std::uint64_t size, bool commits_at_end) {
  if (commits_at_end) return " Nothing of it was written.";
  return fmt::format(" Batches that were written before it failed stay in the table: the service had taken {}.",
                     first_ones(batches, taken, size));
}

std::string lines_of_batches_sentence(const std::string& html) {
  if (named_lines(html).empty()) return "";
  return " Lines are counted in a batch, of which each begins with the header line, and not in the file.";
}

std::string advice_for_failed_append() {
  return "Look into the table how far its rows go, and import what is missing, mended and with the header line above "
         "it, as a file of its own. End this one with `dropload discard ID`; `dropload release ID` sends all of it "
         "again, which would double the rows that are in.";
}

std::string advice_for_failed_update() {
  return "Mend what is said, and hand in the file again: no row of it that is in is doubled by that.";
}

std::string advice_for_series(std::uint64_t taken) {
  return fmt::format(
      "Look into the table how far its rows go. {} End this one with `dropload discard ID`; `dropload release ID` "
      "sends "
      "all of it again.",
      advice_for_rest(taken));
}

}  // namespace dropload::schedule
