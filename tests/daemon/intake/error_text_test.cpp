#include <gtest/gtest.h>

#include "daemon/intake/retire.h"

namespace dropload::intake {
namespace {

using queue::SubmissionState;

queue::Submission failed_submission() {
  queue::Submission submission;
  submission.id = 12;
  submission.route = "sales";
  submission.table = {"main", "Demo", "Orders"};
  submission.file_name = "orders.csv";
  submission.drop_directory = "/srv/drop";
  submission.size = 120;
  submission.sha256 = "ab12";
  submission.state = SubmissionState::failed;
  submission.reason = "The service refused line 3: 'abc' is no number.";
  submission.advice = "Correct the line.";
  submission.code = 7107;
  submission.attempts = 1;
  submission.accepted_at = {1'795'435'200'000};
  submission.ended_at = Time{1'795'435'210'500};
  return submission;
}

TEST(ErrorText, SaysWhatHappenedAndWhatToDo) {
  EXPECT_EQ(error_text(failed_submission(), "", "orders.csv"),
            "orders.csv was not imported.\n"
            "\n"
            "What happened\n"
            "-------------\n"
            "The service refused line 3: 'abc' is no number.\n"
            "Code 7107 of the import API.\n"
            "\n"
            "What to do\n"
            "----------\n"
            "Correct the line.\n"
            "To import it as it is, say `dropload retry 12`.\n"
            "To import it again otherwise, put it back into /srv/drop (corrected, if need be).\n"
            "\n"
            "Details\n"
            "-------\n"
            "submission  12\n"
            "route       sales\n"
            "table       Orders\n"
            "workspace   Demo\n"
            "size        120 bytes\n"
            "sha256      ab12\n"
            "accepted    2026-11-23T12:00:00.000Z\n"
            "ended       2026-11-23T12:00:10.500Z\n"
            "attempts    1\n");
}

TEST(ErrorText, SaysWhereAndUnderWhichNameToPutItBack) {
  EXPECT_NE(error_text(failed_submission(), "Orders", "orders.2.csv")
                .find("put it back into /srv/drop/Orders under its old name, orders.csv (corrected, if need be)."),
            std::string::npos);
}

TEST(ErrorText, ADiscardedFileSaysSo) {
  auto submission = failed_submission();
  submission.state = SubmissionState::cancelled;
  EXPECT_TRUE(
      error_text(submission, "", submission.file_name).starts_with("orders.csv was discarded and not imported.\n"));
}

TEST(ErrorText, ADiscardedDuplicateStillNamesTheFirst) {
  auto submission = failed_submission();
  submission.state = SubmissionState::cancelled;
  submission.duplicate_of = 7;
  submission.reason = "Discarded by a person. Same content as submission 7 (first.csv of 2026-11-22 14:05).";
  const auto text = error_text(submission, "", submission.file_name);
  EXPECT_NE(text.find("Same content as submission 7 (first.csv of 2026-11-22 14:05)."), std::string::npos) << text;
}

TEST(ErrorText, APackageThatCannotBeUnpackedIsNotToBeTriedAgainAsItIs) {
  auto submission = failed_submission();
  submission.file_name = "orders.zip";
  submission.package = queue::InPackage{12, "orders.zip", ""};
  submission.advice = "Look whether its transfer was cut short, and hand it in once more.";
  const auto text = error_text(submission, "", submission.file_name);
  EXPECT_EQ(text.find("To import it as it is"), std::string::npos) << text;
  EXPECT_NE(
      text.find("Look whether its transfer was cut short, and hand it in once more.\n"
                "The same bytes cannot be unpacked another time: put a whole package into /srv/drop, or the files "
                "that are to be in it. `dropload retry 12` helps only when a setting of the route was in the "
                "way, and has been changed.\n"),
      std::string::npos)
      << text;
}

TEST(ErrorText, OfAPackageWithoutADropDirectoryTheRouteIsNamed) {
  auto submission = failed_submission();
  submission.package = queue::InPackage{12, "orders.zip", ""};
  submission.drop_directory.reset();
  EXPECT_NE(error_text(submission, "", "orders.zip").find("submit a whole package to the route sales, or the files"),
            std::string::npos);
}

TEST(PackageText, OfAPackageOfWhichNothingIsInItIsNotSaidThatAPartIs) {
  queue::Package package;
  package.id = 12;
  package.file_name = "all.zip";
  auto member = failed_submission();
  member.package = queue::InPackage{12, "all.zip", "orders.csv"};
  EXPECT_TRUE(
      package_text(package, {member, member}).starts_with("all.zip was not imported: none of its 2 files is in.\n"));
  EXPECT_TRUE(package_text(package, {member}).starts_with("all.zip was not imported: its one file is not in.\n"));
  auto done = member;
  done.state = SubmissionState::done;
  EXPECT_TRUE(
      package_text(package, {member, done}).starts_with("all.zip was imported in part: 1 of its 2 files is in.\n"));
}

TEST(ErrorText, ASupersededFileNeedsNothing) {
  auto submission = failed_submission();
  submission.state = SubmissionState::superseded;
  submission.advice.clear();
  const auto text = error_text(submission, "", submission.file_name);
  EXPECT_TRUE(text.starts_with("orders.csv was not imported: a newer file took its place.\n"));
  EXPECT_NE(text.find("What to do\n----------\nNothing.\n"), std::string::npos);
}

TEST(ErrorText, WithoutADropDirectoryItIsSubmittedAgain) {
  auto submission = failed_submission();
  submission.drop_directory.reset();
  EXPECT_NE(error_text(submission, "", submission.file_name).find("submit it once more to the route sales."),
            std::string::npos);
}

TEST(ErrorText, NoByteOfANameForgesALine) {
  auto submission = failed_submission();
  submission.file_name = "a\nWhat to do\x1b[2J.csv";
  EXPECT_TRUE(
      error_text(submission, "", submission.file_name).starts_with("a\\x0aWhat to do\\x1b[2J.csv was not imported.\n"));
}

}  // namespace
}  // namespace dropload::intake
