#include <nlohmann/json.hpp>

#include "daemon/queue/bodies.h"
#include "tests/daemon/cli/cli_fixture.h"
#include "tests/support/zip.h"

namespace dropload::cli {
namespace {

using queue::Rows;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::StartsWith;

class SubmitTest : public CliTest {
 protected:
  // The submissions, oldest first.
  std::vector<queue::Submission> accepted() {
    auto all = server_.store([](queue::Store& store) { return store.list({}); }).value();
    std::reverse(all.begin(), all.end());
    return all;
  }
  queue::SubmissionId only_one() { return accepted().at(0).id; }
};

TEST_F(SubmitTest, AFileIsHandedOverWithItsBytesAndItsName) {
  const auto ran = run_command({"submit", "--route", "orders", file("Umsätze 2026.csv", "id\n1\n")});
  EXPECT_EQ(ran.exit, Exit::success) << ran.err;
  ASSERT_EQ(accepted().size(), 1U);
  EXPECT_EQ(accepted()[0].file_name, "Umsätze 2026.csv");
  const auto body = server_.store([id = only_one()](queue::Store& store) { return queue::body_of(store, id); });
  EXPECT_EQ(body.value(), "id\n1\n");
  EXPECT_EQ(ran.out, fmt::format("{} Umsätze 2026.csv: accepted (5 bytes)\n", only_one()));
}

TEST_F(SubmitTest, AFileOfManyPiecesArrivesWhole) {
  std::string text(3'000'000, 'x');
  for (std::size_t i = 0; i < text.size(); i += 97) text[i] = '\n';
  const auto ran = run_command({"submit", "--route", "orders", file("big.csv", text)});
  EXPECT_EQ(ran.exit, Exit::success) << ran.err;
  EXPECT_EQ(test::contents(server_.directory() / "spool" / std::to_string(only_one()) / "data"), text);
}

TEST_F(SubmitTest, AMissingFileIsToldBeforeAnythingIsSent) {
  const auto ran = run_command({"submit", "--route", "orders", file("a.csv"), "/nowhere/b.csv", files_.path()});
  EXPECT_EQ(ran.exit, Exit::error);
  EXPECT_THAT(ran.err, HasSubstr("/nowhere/b.csv: No such file or directory\n"));
  EXPECT_THAT(ran.err, HasSubstr(": not a file\nNothing was sent.\n"));
  EXPECT_THAT(accepted(), IsEmpty());
}

TEST_F(SubmitTest, ARefusalIsToldInTheDaemonsWordsAndTheOthersGoOn) {
  const auto ran =
      run_command({"submit", "--route", "tiny", file("big.csv", "01234567890"), file("small.csv", "0123\n")});
  EXPECT_EQ(ran.exit, Exit::not_accepted);
  EXPECT_THAT(ran.err, MatchesRegex("dropload: .*big.csv: not accepted: big.csv has more than 10 bytes.*\n"));
  ASSERT_EQ(accepted().size(), 1U);
  EXPECT_EQ(accepted()[0].file_name, "small.csv");
}

TEST_F(SubmitTest, AnUnknownRouteIsAnsweredWithTheRoutesThereAre) {
  const auto ran = run_command({"submit", "--route", "ordres", file("a.csv")});
  EXPECT_EQ(ran.exit, Exit::not_accepted);
  EXPECT_THAT(ran.err,
              HasSubstr("not accepted: there is no route 'ordres'; the routes of this daemon are: orders, tiny\n"));
}

TEST_F(SubmitTest, WithoutADaemonOneSentenceSaysHowToStartIt) {
  const auto url = server_.url();
  server_.stop();
  const auto ran = run_plain({"submit", "--route", "orders", file("a.csv"), file("b.csv"), "--url", url});
  EXPECT_EQ(ran.exit, Exit::not_running);
  EXPECT_THAT(ran.err, StartsWith("dropload: dropload does not answer at " + url));
  EXPECT_THAT(ran.err, HasSubstr("start it with 'dropload serve --config FILE'"));
  EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1);
}

TEST_F(SubmitTest, WaitingShowsEachChangeAndEndsWellWhenEveryRowIsIn) {
  queue::JobId job = 0;
  meanwhile_ = {[&] { job = server_.import(only_one()); }, [] {}, [&] { server_.finish(job, Rows{12, 12, 0}); }};
  const auto ran = run_command({"submit", "--route", "orders", "--wait", file("a.csv")});
  EXPECT_EQ(ran.exit, Exit::success) << ran.err;
  EXPECT_EQ(ran.out, fmt::format("{0} a.csv: accepted (12 bytes)\n{0} a.csv: importing\n{0} a.csv: done, 12 rows\n",
                                 only_one()));
}

TEST_F(SubmitTest, ATerminalShowsProgressInOneLine) {
  terminal_ = true;
  queue::JobId job = 0;
  meanwhile_ = {[&] { job = server_.import(only_one()); }, [&] { server_.finish(job, Rows{12, 12, 0}); }};
  const auto ran = run_command({"submit", "--route", "orders", "--wait", file("a.csv")});
  const auto id = only_one();
  EXPECT_THAT(ran.out, HasSubstr("\r\x1b[Ksending a.csv: 100 %"));
  EXPECT_THAT(ran.out,
              HasSubstr(fmt::format(
                  "\r\x1b[K{0} a.csv: queued\r\x1b[K{0} a.csv: importing\r\x1b[K{0} a.csv: done, 12 rows\n", id)));
}

TEST_F(SubmitTest, RowsThatDidNotLandAreNoSuccess) {
  meanwhile_ = {[&] { server_.finish(server_.import(only_one()), Rows{12, 11, 0}, "1 row was rejected"); }};
  const auto ran = run_command({"submit", "--route", "orders", "--wait", file("a.csv")});
  EXPECT_EQ(ran.exit, Exit::rows_rejected);
  EXPECT_THAT(ran.out, HasSubstr("done, 11 of 12 rows: 1 row was rejected\n"));
}

TEST_F(SubmitTest, AHeldFileEndsTheWaitingWithWhatToDo) {
  meanwhile_ = {[&] { server_.hold(only_one(), "nobody can know", "look at the table"); }};
  const auto ran = run_command({"submit", "--route", "orders", "--wait", file("a.csv")});
  EXPECT_EQ(ran.exit, Exit::held);
  EXPECT_THAT(ran.out, HasSubstr("a.csv: held: nobody can know\n  look at the table\n"));
}

TEST_F(SubmitTest, OfSeveralFilesTheWorstOutcomeCounts) {
  meanwhile_ = {[&] {
    const auto files = accepted();
    server_.finish(server_.import(files.at(0).id), Rows{1, 1, 0});
    const auto id = files.at(1).id;
    const auto now = server_.clock().now();
    server_
        .store([=](queue::Store& store) { return store.fail(id, "the header is not the table's", "rename it", now); })
        .value();
  }};
  const auto ran = run_command({"submit", "--route", "orders", "--wait", file("a.csv"), file("b.csv")});
  EXPECT_EQ(ran.exit, Exit::failed);
  EXPECT_THAT(ran.out, HasSubstr("a.csv: done, 1 row\n"));
  EXPECT_THAT(ran.out, HasSubstr("b.csv: failed: the header is not the table's\n  rename it\n"));
}

TEST_F(SubmitTest, WaitingEndsAtTheTimeoutAndTheImportGoesOn) {
  const auto ran = run_command({"submit", "--route", "orders", "--wait", "--timeout", "40", file("a.csv")});
  EXPECT_EQ(ran.exit, Exit::timed_out);
  EXPECT_THAT(ran.out, HasSubstr("1 not ended after 40 s"));
  EXPECT_EQ(accepted()[0].state, queue::SubmissionState::queued);
}

TEST_F(SubmitTest, ADaemonThatEndsMeanwhileLosesNothingAndIsToldSo) {
  meanwhile_ = {[&] { server_.stop(); }};
  const auto ran = run_command({"submit", "--route", "orders", "--wait", file("a.csv")});
  EXPECT_EQ(ran.exit, Exit::not_running);
  EXPECT_THAT(ran.err, HasSubstr("does not answer at"));
  EXPECT_THAT(ran.err, HasSubstr("What was accepted is kept"));
  EXPECT_EQ(accepted()[0].state, queue::SubmissionState::queued);
}

TEST_F(SubmitTest, JsonIsOneDocumentAndNothingElse) {
  meanwhile_ = {[&] { server_.finish(server_.import(only_one()), Rows{12, 12, 0}); }};
  const auto ran = run_command({"submit", "--route", "orders", "--wait", "--json", file("a.csv")});
  const auto document = nlohmann::json::parse(ran.out);
  ASSERT_EQ(document["submissions"].size(), 1U);
  EXPECT_EQ(document["submissions"][0]["state"], "done");
  EXPECT_EQ(document["submissions"][0]["rows"]["success"], 12);
  EXPECT_EQ(document["submissions"][0]["jobs"].size(), 1U);
}

TEST_F(SubmitTest, ADuplicateIsSaidToBeHeldAtOnceAndWaitingForItIsOver) {
  server_.hold_duplicates();
  run_command({"submit", "--route", "orders", file("a.csv")});
  const auto first = only_one();
  const auto ran = run_command({"submit", "--route", "orders", "--wait", file("b.csv")});
  EXPECT_EQ(ran.exit, Exit::held);
  EXPECT_THAT(ran.out, HasSubstr(fmt::format("Same content as submission {} (a.csv of ", first)));
  EXPECT_THAT(ran.out, HasSubstr(fmt::format("`dropload release {}`", first + 1)));
  EXPECT_THAT(run_command({"show", std::to_string(first + 1)}).out,
              HasSubstr(fmt::format("same as     submission {}\n", first)));
}

TEST_F(SubmitTest, ARouteMustBeNamed) {
  const auto ran = run_command({"submit", file("a.csv")});
  EXPECT_EQ(ran.exit, Exit::error);
  EXPECT_THAT(ran.err, HasSubstr("--route is required"));
  EXPECT_THAT(accepted(), IsEmpty());
}

TEST_F(SubmitTest, TheHelpDocumentsTheExitCodes) {
  const auto ran = run_plain({"submit", "--help"});
  EXPECT_EQ(ran.exit, Exit::success);
  EXPECT_THAT(ran.out, HasSubstr("7  the daemon is not running"));
  EXPECT_THAT(ran.out, HasSubstr("Examples:"));
}

TEST_F(SubmitTest, TheFilesOfAPackageAreFollowedEachAndTheWorstOneCounts) {
  const auto zip = test::zip_of({{"a.csv", "id\n1\n"}, {"b.csv", "id\n2\n"}});
  meanwhile_ = {[&] {
    const auto members = accepted();
    server_.finish(server_.import(members.at(0).id), Rows{1, 1, 0});
    server_.hold(members.at(1).id);
  }};
  const auto ran = run_command({"submit", "--route", "orders", "--wait", file("all.zip", zip)});
  EXPECT_EQ(ran.exit, Exit::held) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("a.csv of all.zip: accepted (5 bytes)\n"));
  EXPECT_THAT(ran.out, HasSubstr("b.csv of all.zip: accepted (5 bytes)\n"));
  EXPECT_THAT(ran.out, HasSubstr("a.csv: done"));
  EXPECT_THAT(ran.out, HasSubstr("b.csv: held"));
  const auto json = run_command({"submit", "--route", "orders", "--json", file("more.zip", zip)});
  EXPECT_EQ(nlohmann::json::parse(json.out).at("submissions").size(), 2U);
  const auto shown = run_command({"show", std::to_string(accepted().at(1).id)});
  EXPECT_THAT(shown.out, MatchesRegex("(.|\n)*package     member b.csv of all.zip, package [0-9]+\n(.|\n)*"));
}

}  // namespace
}  // namespace dropload::cli
