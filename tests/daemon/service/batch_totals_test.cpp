#include "daemon/service/batch_totals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/service/loader.h"

namespace dropload::service {
namespace {

using testing::HasSubstr;
using testing::Not;

zoho::JobDetails batch(std::int64_t rows, int offences) {
  zoho::JobDetails details;
  details.job_id = "7.1";
  details.code = zoho::JobCode::completed;
  details.summary = zoho::ImportSummary{"APPEND", 3, 2, rows, rows - offences, 1, "created"};
  details.view_id = "9";
  for (int i = 0; i < offences; ++i) details.import_errors += zoho::encode_offence({i + 2, 1, "x", "no number"});
  return details;
}

TEST(BatchTotals, CountsAreAddedAndTheRestIsTheFirstOnes) {
  const auto total = add_up("7", std::vector{batch(10, 0), batch(5, 1), batch(0, 0)});
  EXPECT_EQ(total.job_id, "7");
  EXPECT_EQ(total.summary->total_rows, 15);
  EXPECT_EQ(total.summary->success_rows, 14);
  EXPECT_EQ(total.summary->warnings, 3);
  EXPECT_EQ(total.summary->total_columns, 3);
  EXPECT_EQ(total.summary->selected_columns, 2);
  EXPECT_EQ(total.summary->operation, "created");
  EXPECT_EQ(total.view_id, "9");
  EXPECT_THAT(total.import_errors, HasSubstr("<nobr>Batch 2:</nobr><br><nobr>[Line: 2 Field: 1]"));
  EXPECT_THAT(total.import_errors, Not(HasSubstr("Batch 1")));
}

TEST(BatchTotals, OffencesAreListedUpToTheMostOfAJob) {
  const auto total = add_up("7", std::vector{batch(99, 60), batch(99, 30), batch(99, 20), batch(99, 5)});
  EXPECT_THAT(total.import_errors, HasSubstr("<nobr>Batch 3: 20 or more, which are not listed.</nobr><br>"));
  EXPECT_THAT(total.import_errors, HasSubstr("<nobr>Batch 4:</nobr><br>"));
  EXPECT_LT(total.import_errors.size(), 100 * 100U);
}

TEST(BatchTotals, AFailureSaysWhichBatchItWasAndWhatStays) {
  zoho::JobDetails failure;
  failure.error_code = 7232;
  failure.error_message = "bad";
  EXPECT_EQ(failed_batch("7", 1, failure, false).error_message, "Batch 1: bad<br>Nothing was written.");
  EXPECT_THAT(failed_batch("7", 2, failure, true).error_message, HasSubstr("<br>Batch 1 was imported and stays"));
  const auto third = failed_batch("7", 3, failure, true);
  EXPECT_THAT(third.error_message, HasSubstr("<br>Batches 1 to 2 were imported and stay"));
  EXPECT_EQ(third.error_code, 7232);
  EXPECT_EQ(third.code, zoho::JobCode::failed);
}

}  // namespace
}  // namespace dropload::service
