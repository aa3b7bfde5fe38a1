#include "daemon/service/batch_totals.h"

#include "daemon/service/loader.h"

namespace dropload::service {
namespace {

int offences_in(std::string_view html) {
  constexpr std::string_view beginning = "<nobr>[Line: ";
  int count = 0;
  for (auto at = html.find(beginning); at != std::string_view::npos; at = html.find(beginning, at + 1)) ++count;
  return count;
}

}  // namespace

zoho::JobDetails add_up(std::string_view job_id, std::span<const zoho::JobDetails> batches) {
  zoho::JobDetails total = batches.front();
  total.job_id = job_id;
  total.import_errors.clear();
  int listed = 0;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const zoho::JobDetails& batch = batches[i];
    if (i > 0 && batch.summary) {
      total.summary->total_rows += batch.summary->total_rows;
      total.summary->success_rows += batch.summary->success_rows;
      total.summary->warnings += batch.summary->warnings;
    }
    if (batch.import_errors.empty()) continue;
    const int offences = offences_in(batch.import_errors);
    if (listed > 0 && listed + offences > max_listed_offences) {
      total.import_errors +=
          fmt::format("<nobr>Batch {}: {} or more, which are not listed.</nobr><br>", i + 1, offences);
      continue;
    }
    listed += offences;
    total.import_errors += fmt::format("<nobr>Batch {}:</nobr><br>{}", i + 1, batch.import_errors);
  }
  return total;
}

zoho::JobDetails failed_batch(std::string_view job_id, int number, const zoho::JobDetails& failure, bool others_stay) {
  zoho::JobDetails details;
  details.job_id = job_id;
  details.code = zoho::JobCode::failed;
  details.error_code = failure.error_code;
  details.error_message = fmt::format("Batch {}: {}", number, failure.error_message);
  if (!others_stay) {
    details.error_message += "<br>Nothing was written.";
  } else {
    details.error_message += number == 2
                                 ? "<br>Batch 1 was imported and stays in the table."
                                 : fmt::format("<br>Batches 1 to {} were imported and stay in the table.", number - 1);
  }
  return details;
}

}  // namespace dropload::service
