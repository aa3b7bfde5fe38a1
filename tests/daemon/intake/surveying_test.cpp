#include "daemon/intake/surveying.h"

#include <gtest/gtest.h>

#include "tests/daemon/intake/intake_bench.h"

namespace dropload::intake {
namespace {

using namespace std::string_literals;

// What is known of a file with this text, as accepted by the route.
queue::NewSubmission surveyed(const std::string& text, const queue::Route& route = {}) {
  test::TemporaryDirectory directory;
  queue::NewSubmission submission;
  survey_into(submission, directory.write("a.csv", text), route);
  return submission;
}

TEST(Surveying, FilesThatDifferInTheirRecordsAndLineBreaksHaveOneShape) {
  const auto shape = surveyed("id,b\n1,2\n").shape;
  EXPECT_EQ(shape.size(), 64U);
  EXPECT_EQ(surveyed("id,b\r\n3,\"x, y\"\r\n4,5").shape, shape);
  EXPECT_EQ(surveyed("\xEF\xBB\xBFid,b\n").shape, shape);
}

TEST(Surveying, AnotherHeaderDialectEncodingOrSettingIsAnotherShape) {
  const auto shape = surveyed("id,b\n1,2\n").shape;
  EXPECT_NE(surveyed("id,c\n1,2\n").shape, shape);
  EXPECT_NE(surveyed("id;b\n1;2\n").shape, shape);
  EXPECT_NE(surveyed("id,b\n1,\xFC\n").shape, shape);
  queue::Route route;
  route.options.on_error = zoho::OnError::skiprow;
  EXPECT_NE(surveyed("id,b\n1,2\n", route).shape, shape);
  route = {};
  route.name = "other";
  EXPECT_NE(surveyed("id,b\n1,2\n", route).shape, shape);
}

TEST(Surveying, WhatCannotBePutTogetherHasNoShapeButIsCountedWhereItCan) {
  const auto wide = surveyed("\xFF\xFEi\0,\0b\0\n\0001\0,\0002\0"s);
  EXPECT_EQ(wide.shape, "");
  EXPECT_EQ(wide.records, 1);
  queue::Route route;
  route.options.import_type = zoho::ImportType::updateadd;
  EXPECT_EQ(surveyed("id,b\n1,2\n", route).shape, "");
  EXPECT_EQ(surveyed("id,b\n1,2\n", route).records, 1);
  EXPECT_EQ(surveyed("id,b\n1,\"2\n").records, std::nullopt);
  EXPECT_EQ(surveyed("\n\n").shape, "");
  route.options.file_type = zoho::FileType::json;
  EXPECT_EQ(surveyed("[{\"a\": 1}]", route).records, std::nullopt);
}

TEST(Surveying, WhatMayHaveNoHeaderIsNeitherCountedNorPutTogether) {
  for (const auto* text : {"1,Ann\n2,Bob\n", "Ann,2026-11-23 06:30\n", "x,\"7\"\n", "Ann,ann@example.org\n",
                           "x,https://example.org\n", "x,WWW.example.org\n", "Yes,x\n", "\"false\",x\n", "x,€5\n",
                           "5 Nov 2026,x\n", "\"Sunday, December 6, 2026 7:00 PM\",x\n", "1.5E3,x\n"}) {
    EXPECT_FALSE(surveyed(text).records) << text;
    EXPECT_EQ(surveyed(text).shape, "") << text;
  }
  for (const auto* text : {"q1,address2\n1,2\n", "may,noon\n1,2\n", "größe2,no_of\n1,2\n"}) {
    EXPECT_EQ(surveyed(text).records, 1) << text;
  }
  queue::Route route;
  route.options.skip_top = 1;
  EXPECT_EQ(surveyed("top\n1,Ann\n2,Bob\n", route).records, 1);
}

TEST(Surveying, TheTopAndCommentsOfTheRouteAreNotCounted) {
  queue::Route route;
  route.options.skip_top = 1;
  route.options.comment_char = "#";
  EXPECT_EQ(surveyed("exported\nid,b\n#x\n1,2\n", route).records, 1);
}

TEST(Surveying, ADroppedFileIsSurveyedAndSoIsOneThatACrashLeft) {
  Bench bench;
  bench.directory.write("drop/a.csv", "id\n1\n2\n");
  const auto taken = bench.take("a.csv");
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->records, 2);
  EXPECT_NE(taken->shape, "");
  auto sidecar = bench.spool.read_sidecar(taken->id).value();
  EXPECT_EQ(sidecar.submission.records, 2);
  EXPECT_EQ(sidecar.submission.shape, taken->shape);
  sidecar.submission.id = taken->id + 1;
  ASSERT_TRUE(bench.spool.make_entry(sidecar.submission.id));
  ASSERT_TRUE(bench.spool.write_sidecar(sidecar));
  bench.directory.write("spool/" + std::to_string(sidecar.submission.id) + "/data", "id\n1\n2\n");
  ASSERT_TRUE(bench.intake.recover());
  EXPECT_EQ(bench.submissions().front().records, 2);
  EXPECT_EQ(bench.submissions().front().shape, taken->shape);
}

TEST(Surveying, AFileThatCannotBeReadAsCsvIsAcceptedAllTheSame) {
  Bench bench;
  bench.directory.write("drop/a.csv", "id\n\"1\n");
  const auto taken = bench.take("a.csv");
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->state, queue::SubmissionState::queued);
  EXPECT_EQ(taken->records, std::nullopt);
}

}  // namespace
}  // namespace dropload::intake
