// Sentences about jobs that carried several files, and about rows that are not those that were counted.

#include <fmt/format.h>

#include "daemon/schedule/sentences.h"

namespace dropload::schedule {

std::string row_difference_sentence(std::int64_t counted, const zoho::ImportSummary& summary) {
  return fmt::format("{} rows were counted in the file, and the service counted {}, of which {} are in.", counted,
                     summary.total_rows, summary.success_rows);
}

std::string merged_difference_sentence(std::size_t files, std::int64_t own, std::int64_t counted,
                                       const zoho::ImportSummary& summary) {
  return fmt::format(
      "Its job carried {} files with {} rows, {} of them counted in this one, and the service counted {}, of which {} "
      "are in.",
      files, counted, own, summary.total_rows, summary.success_rows);
}

std::string untold_sentence(std::size_t files, const queue::Rows& own, const zoho::ImportSummary& summary) {
  return fmt::format(
      "Its job carried {} files; the service rejected {} of {} rows, with {} warnings, and does not say of all of them "
      "where they are: at least {} of the {} rows of this file are in.",
      files, summary.total_rows - summary.success_rows, summary.total_rows, summary.warnings, own.success, own.total);
}

std::string advice_for_row_difference() {
  return "The rows that were accepted are in the table. Compare it with the file before anything is sent again.";
}

std::string sent_alone_sentence(std::size_t files, const std::string& what) {
  return fmt::format(
      "Its job carried {} files and nothing of it was written, for what is in this one. It is sent alone:{}", files,
      what);
}

std::string waits_for_another_sentence(std::size_t files) {
  return fmt::format(
      "Its job carried {} files and nothing of it was written, for what is in another one. It is sent again without "
      "that.",
      files);
}

std::string in_smaller_jobs_sentence(std::size_t files, const std::string& message) {
  return fmt::format(
      "Its job carried {} files and nothing of it was written; the service does not say for which of them. They are "
      "sent again in smaller jobs. {}",
      files, quoted(message));
}

}  // namespace dropload::schedule
