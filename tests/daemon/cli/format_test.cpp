#include "daemon/cli/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropload::cli {
namespace {

queue::Submission done_submission() {
  queue::Submission submission;
  submission.id = 41;
  submission.route = "sales";
  submission.table = {"main", "Sales", "orders"};
  submission.file_name = "Umsätze.csv";
  submission.drop_directory = "/srv/drop";
  submission.size = 1'500'000;
  submission.sha256 = "ab12";
  submission.state = queue::SubmissionState::done;
  submission.reason = "1 row was rejected:\nline 3: not a date";
  submission.accepted_at = {1'795'415'400'125};
  submission.ended_at = Time{1'795'415'460'000};
  submission.rows = queue::Rows{12, 11, 0};
  submission.retired_to = "/srv/drop/done/2026-11-23/Umsätze.csv";
  return submission;
}

TEST(Table, ColumnsAreAlignedWhateverTheAlphabet) {
  EXPECT_EQ(table({{"ID", "FILE", "STATE"}, {"1", "Umsätze 売上.csv", "done"}, {"1000", "a.csv", "held"}}),
            "ID    FILE            STATE\n"
            "1     Umsätze 売上.csv  done\n"
            "1000  a.csv           held\n");
}

TEST(Table, EmptyCellsAtTheEndLeaveNoBlanks) {
  EXPECT_EQ(table({{"A", "B"}, {"long cell", ""}}), "A          B\nlong cell\n");
}

TEST(Table, ACellIsOneLineAndWorksNoTerminal) {
  EXPECT_EQ(table({{"a\nb", "\x1b[2J"}}), "a  \\x1b[2J\n");
}

TEST(Table, NoRowsAreNoText) {
  EXPECT_EQ(table({}), "");
}

TEST(SizeText, SizesArePowersOfTen) {
  EXPECT_EQ(size_text(0), "0 bytes");
  EXPECT_EQ(size_text(999), "999 bytes");
  EXPECT_EQ(size_text(1'000), "1.0 kB");
  EXPECT_EQ(size_text(999'949), "999.9 kB");
  EXPECT_EQ(size_text(999'950), "1.0 MB");
  EXPECT_EQ(size_text(104'857'600), "104.9 MB");
  EXPECT_EQ(size_text(5'000'000'000), "5.0 GB");
}

TEST(TimeText, ATimeIsShownToTheSecond) {
  EXPECT_EQ(time_text({1'795'415'400'125}), "2026-11-23 06:30:00");
}

TEST(RowsText, RowsThatAreMissingAreSeen) {
  EXPECT_EQ(rows_text(std::nullopt), "");
  EXPECT_EQ(rows_text(queue::Rows{12, 12, 0}), "12");
  EXPECT_EQ(rows_text(queue::Rows{12, 11, 0}), "11 of 12");
}

TEST(OutcomeText, AnOutcomeIsOneLine) {
  auto submission = done_submission();
  EXPECT_EQ(outcome_text(submission), "done, 11 of 12 rows: 1 row was rejected:");
  submission.rows->warnings = 2;
  submission.reason = "";
  EXPECT_EQ(outcome_text(submission), "done, 11 of 12 rows, 2 warnings");
  submission.state = queue::SubmissionState::queued;
  submission.rows.reset();
  EXPECT_EQ(outcome_text(submission), "queued");
}

TEST(ListText, AnOriginalThatCannotBePutAwayIsSaidBesideTheReason) {
  auto submission = done_submission();
  submission.retired_to.reset();
  submission.retire_trouble = "done: Read-only file system";
  EXPECT_THAT(list_text({{submission}, {}}),
              testing::HasSubstr("1 row was rejected:; its original is still in the spool, and is put away as soon as "
                                 "that can be: done: Read-only file system"));
  EXPECT_THAT(detail_text({submission, {}, {}}),
              testing::HasSubstr("  original    its original is still in the spool"));
}

TEST(DetailText, AnOriginalThatWasRemovedIsSaidToBe) {
  auto submission = done_submission();
  submission.ended_at = Time{1'795'415'400'000};
  submission.removed_at = *submission.ended_at + Milliseconds{30LL * 86'400'000 + 1'000};
  EXPECT_THAT(detail_text({submission, {}, {}}),
              testing::HasSubstr("  original    /srv/drop/done/2026-11-23/Umsätze.csv, removed after 30 days, at "
                                 "2026-12-23 06:30:01\n"));
}

TEST(RoutesText, ARouteThatTakesNothingSaysSinceWhenAndWhy) {
  api::RouteView route;
  route.name = "sales";
  route.intake = api::IntakeView{"stopped", "only 3 MB are free", Time{1'795'415'400'000}};
  EXPECT_THAT(routes_text({route}),
              testing::HasSubstr("open, takes nothing since 2026-11-23 06:30:00: only 3 MB are free"));
}

TEST(ListText, AListIsATableWithTheWayToTheNextPage) {
  EXPECT_EQ(list_text({{done_submission()}, 41}),
            "ID  STATE  ROUTE  TABLE   FILE         SIZE    ROWS      ACCEPTED (UTC)       REASON\n"
            "41  done   sales  orders  Umsätze.csv  1.5 MB  11 of 12  2026-11-23 06:30:00  1 row was rejected:\n"
            "more with --before 41\n");
}

TEST(ListText, AnEmptyListIsSaidSo) {
  EXPECT_EQ(list_text({}), "no submissions\n");
}

TEST(DetailText, EverythingKnownIsShownAndNothingElse) {
  queue::Job job;
  job.id = 7;
  job.submission = 41;
  job.state = queue::JobState::succeeded;
  job.remote_id = "1767009";
  job.started_at = {1'795'415'401'000};
  job.ended_at = Time{1'795'415'460'000};
  job.polls = 3;
  job.remote_code = 1004;
  EXPECT_EQ(detail_text({done_submission(),
                         {job},
                         {{41, {1'795'415'400'125}, "queued", ""}, {41, {1'795'415'460'000}, "done", "11 rows"}}}),
            "submission 41: done\n"
            "  file        Umsätze.csv (1.5 MB)\n"
            "  from        /srv/drop\n"
            "  route       sales\n"
            "  table       orders in Sales of main\n"
            "  reason      1 row was rejected:\n"
            "              line 3: not a date\n"
            "  rows        11 of 12\n"
            "  accepted    2026-11-23 06:30:00\n"
            "  ended       2026-11-23 06:31:00\n"
            "  original    /srv/drop/done/2026-11-23/Umsätze.csv\n"
            "  sha256      ab12\n"
            "\n"
            "  JOB  STATE      REMOTE ID  STARTED              ENDED                POLLS  CODE  MESSAGE\n"
            "  7    succeeded  1767009    2026-11-23 06:30:01  2026-11-23 06:31:00  3      1004\n"
            "\n"
            "  TIME (UTC)           WHAT\n"
            "  2026-11-23 06:30:00  queued\n"
            "  2026-11-23 06:31:00  done    11 rows\n");
}

TEST(DetailText, AJobOfSeveralFilesSaysSoAndOtherRowsThanWereCountedAreShown) {
  auto submission = done_submission();
  submission.records = 13;
  queue::Job job;
  job.submission = 40;
  job.parts = 300;
  job.message = "Submission 40: 1 of 2 rows were rejected.";
  job.state = queue::JobState::succeeded;
  auto text = detail_text({submission, {job}, {}});
  EXPECT_THAT(text, testing::HasSubstr("  counted     13\n"));
  EXPECT_THAT(text, testing::HasSubstr("of 300 files\n"));
  job.state = queue::JobState::failed;
  job.message = "It could not be sent.";
  submission.records = 12;
  text = detail_text({submission, {job}, {}});
  EXPECT_THAT(text, testing::HasSubstr("of 300 files: It could not be sent.\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("counted")));
}

TEST(Format, WhatWasFoundInAFileIsShownWithTheWarningsFirstAndCountedInLists) {
  auto submission = done_submission();
  submission.warnings = 1;
  submission.findings = {{"facts", queue::Severity::note, "UTF-8, comma", std::nullopt},
                         {"short_records", queue::Severity::warning, "2 records have too few \x1b[2J.", 7}};
  EXPECT_THAT(detail_text({submission, {}, {}}),
              testing::HasSubstr("\n\n  warning     2 records have too few \\x1b[2J.\n  note        UTF-8, comma\n"));
  submission.reason.clear();
  EXPECT_THAT(list_text({{submission}, {}, {}}), testing::HasSubstr("  1 warning\n"));
  submission.reason = "1 row was rejected";
  submission.warnings = 2;
  EXPECT_THAT(list_text({{submission}, {}, {}}), testing::HasSubstr("  2 warnings; 1 row was rejected\n"));
}

TEST(Organizations, SlotsOfOthersAreShownWithTheTimeAtWhichTheServiceToldOfThem) {
  api::OrganizationView one;
  one.name = "acme";
  one.max_jobs = 5;
  one.slots_held = 2;
  one.uploading = 1;
  EXPECT_THAT(organizations_text({one}), testing::HasSubstr("2 of 5"));
  one.others = 4;
  one.others_told_at = Time{1'795'415'400'125};
  EXPECT_THAT(organizations_text({one}), testing::HasSubstr("1 ours + 4 others at 2026-11-23 06:30:00"));
}

}  // namespace
}  // namespace dropload::cli
