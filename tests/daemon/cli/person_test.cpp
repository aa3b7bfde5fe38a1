#include "tests/daemon/cli/cli_fixture.h"

namespace dropload::cli {
namespace {

using testing::HasSubstr;

class PersonCommands : public CliTest {};

TEST_F(PersonCommands, ARouteIsPausedShownAndResumed) {
  const auto id = server_.accept("a.csv").id;
  const auto paused = run_command({"pause", "route", "orders", "--reason", "the export is wrong"});
  EXPECT_EQ(paused.exit, Exit::success) << paused.err;
  EXPECT_EQ(paused.out, "route orders is paused until 'dropload resume': nothing more of it is started\n");
  EXPECT_EQ(
      run_command({"routes"}).out,
      "ROUTE   ORGANIZATION  WORKSPACE  TABLE   PRIORITY  DROP  IGNORED  STATE\n"
      "orders  main          Sales      orders  0         -     -        paused by a person: the export is wrong\n"
      "tiny    main          Sales      tiny    0         -     -        open\n");
  EXPECT_THAT(run_command({"list"}).out, HasSubstr("It waits because route orders is paused (the export is wrong)"));
  EXPECT_THAT(run_command({"show", std::to_string(id)}).out,
              HasSubstr("\n  waits       It waits because route orders"));
  EXPECT_EQ(run_command({"resume", "route", "orders"}).out, "route orders goes on\n");
  const auto again = run_command({"resume", "route", "orders"});
  EXPECT_EQ(again.exit, Exit::error);
  EXPECT_THAT(again.err, HasSubstr("route orders is not paused"));
}

TEST_F(PersonCommands, WhatIsLeftAloneInADropDirectoryIsShownWithTheRule) {
  auto& standing = server_.standings()["orders"];
  standing.become(intake::Attention::polled, "no watch is left", server_.clock().now());
  EXPECT_EQ(run_command({"ignored", "orders"}).out, "nothing is left alone\n");
  standing.ignored.add("a.csv.part", "*.part");
  standing.not_taken.add("b.csv", "no table for b.csv");
  EXPECT_EQ(run_command({"ignored", "orders"}).out,
            "NAME        LEFT ALONE BECAUSE\n"
            "b.csv       no table for b.csv\n"
            "a.csv.part  *.part\n");
  EXPECT_THAT(run_command({"routes"}).out,
              HasSubstr("polled  1        open, polled: no watch is left, 1 files cannot be taken (dropload ignored "
                        "orders)\n"));
}

TEST_F(PersonCommands, FilesThatARouteExpectsAreShownWithWhatBecameOfThem) {
  queue::Expectation expectation{"orders_*.csv by 06:30", "orders_*.csv", std::chrono::minutes(390), {}, 0};
  expectation.days.set();
  server_.expect(expectation);
  const auto shown = run_command({"routes"}).out;
  EXPECT_THAT(shown, HasSubstr("\nROUTE   EXPECTS                STATE    WHAT "));
  EXPECT_THAT(shown, HasSubstr("\norders  orders_*.csv by 06:30  waiting  due "));
  server_.clock().advance(std::chrono::hours(24));
  EXPECT_THAT(run_command({"routes"}).out, HasSubstr("  missing  nothing has come that was due "));
}

TEST_F(PersonCommands, AnOrganizationIsPausedShownAndResumed) {
  run_command({"pause", "organization", "main"});
  EXPECT_EQ(run_command({"organizations"}).out,
            "ORGANIZATION  SLOTS   UPLOADS  CALLS    STATE\n"
            "main          0 of 5  0        0 of 40  paused by a person: a person paused it\n");
  EXPECT_EQ(run_command({"resume", "organization", "main"}).out, "organization main goes on\n");
}

TEST_F(PersonCommands, ASubmissionIsPausedResumedPutFirstAndCancelled) {
  const auto id = std::to_string(server_.accept("a.csv").id);
  EXPECT_EQ(run_command({"pause", "submission", id}).exit, Exit::success);
  EXPECT_EQ(run_command({"resume", "submission", id}).exit, Exit::success);
  EXPECT_EQ(run_command({"priority", id, "10"}).out, "submission " + id + " (a.csv) has priority 10\n");
  EXPECT_THAT(run_command({"show", id}).out, HasSubstr("\n  priority    10\n"));
  EXPECT_EQ(run_command({"cancel", id}).out, "submission " + id + " (a.csv) is cancelled; its rows are not imported\n");
}

TEST_F(PersonCommands, ARetryNamesBothSubmissions) {
  const auto id = server_.accept("a.csv").id;
  run_command({"cancel", std::to_string(id)});
  server_.put_away(id, "id\n1\n");
  const auto retried = run_command({"retry", std::to_string(id)});
  EXPECT_EQ(retried.out, fmt::format("submission {} (a.csv) is submission {} now, and queued\n", id, id + 1));
  EXPECT_THAT(run_command({"show", std::to_string(id)}).out,
              HasSubstr(fmt::format("retried as  submission {}", id + 1)));
  EXPECT_THAT(run_command({"show", std::to_string(id + 1)}).out,
              HasSubstr(fmt::format("retry of    submission {}", id)));
}

TEST_F(PersonCommands, WrongWordsAreExplained) {
  for (const auto& wrong : std::vector<std::vector<std::string>>{
           {"pause", "table", "orders"}, {"pause", "route"}, {"priority", "1", "101"}, {"priority", "1"}, {"retry"}}) {
    const auto ran = run_plain(wrong);
    EXPECT_EQ(ran.exit, Exit::error);
    EXPECT_NE(ran.err, "");
  }
}

}  // namespace
}  // namespace dropload::cli
