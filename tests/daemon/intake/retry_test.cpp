#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/intake/retire.h"
#include "daemon/intake/retrying.h"
#include "tests/daemon/intake/intake_bench.h"
#include "tests/support/memory_body.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using queue::Store;
using queue::SubmissionId;
using queue::SubmissionState;
using test::contents;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Names = std::vector<std::string>;

constexpr const char* retry_bytes = "id,name\n1,a\n";

// An intake whose files fail and end in failed/.
struct RetryBench : Bench {
  SubmissionId fail(const std::string& name = "a.csv", const std::string& subdirectory = "") {
    directory.write("drop/" + (subdirectory / fs::path(name)).string(), retry_bytes);
    const auto id = take(name, subdirectory).value().id;
    end(id);
    return id;
  }
  SubmissionId fail_of_rest() {
    test::MemoryBody body(retry_bytes);
    const auto id = test::complete(context, intake.receive(route, "a.csv", body)).value().id;
    end(id);
    return id;
  }
  void end(SubmissionId id) {
    const auto now = clock.now();
    ASSERT_TRUE(store.run_blocking([=](Store& s) { return s.fail(id, "no", "", now); }));
    put_away(id);
  }
  // Its job succeeds, and it fails for the row that was rejected.
  SubmissionId fail_with_rows_in() {
    directory.write("drop/a.csv", retry_bytes);
    const auto id = take("a.csv", "").value().id;
    const auto now = clock.now();
    const auto carry = [=](Store& s) -> Result<void> {
      const auto job = s.begin_job(id, {s.find(id).value().table.organization}, {1, 0}, now).value().id;
      if (auto sent = s.mark_whole_sent(job); !sent) return sent;
      if (auto accepted = s.job_accepted(job, "1", "2", now, now); !accepted) return accepted;
      return s.job_succeeded(job, {queue::PartSuccess{id, {3, 2, 0}, "1 of 3 rows was rejected.", true, ""}}, "{}",
                             now);
    };
    EXPECT_TRUE(store.run_blocking(carry));
    put_away(id);
    return id;
  }
  void put_away(SubmissionId id) {
    const auto now = clock.now();
    ASSERT_TRUE(bring_out_body(store, spool, files, id));
    const auto to = retire(spool, files, {directory.path() / "archive"}, find(id), now).value();
    ASSERT_TRUE(store.run_blocking([=](Store& s) { return s.mark_retired(id, to, now); }));
    ASSERT_TRUE(spool.remove_entry(id));
  }
  queue::Submission find(SubmissionId id) {
    return store.run_blocking([id](Store& s) { return s.find(id); }).value();
  }
  Result<queue::Submission> retry(SubmissionId id) {
    const std::map<std::string, queue::Route> routes{{"sales", route}};
    return test::complete(context, intake.retry(id, routes));
  }
  // How many files have the bytes, wherever they lie.
  [[nodiscard]] int places() const {
    int count = 0;
    for (const auto& name : files_below(directory.path())) {
      if (contents(directory.path() / name) == retry_bytes) ++count;
    }
    return count;
  }
};

class Retry : public testing::Test {
 protected:
  SubmissionId fail(const std::string& name = "a.csv", const std::string& subdirectory = "") {
    return bench.fail(name, subdirectory);
  }
  void end(SubmissionId id) { bench.end(id); }
  queue::Submission find(SubmissionId id) { return bench.find(id); }
  Result<queue::Submission> retry(SubmissionId id) { return bench.retry(id); }

  RetryBench bench;
};

TEST_F(Retry, TheOriginalComesBackThroughTheDoorAsANewSubmission) {
  const auto earlier = fail();
  const auto retried = retry(earlier);
  ASSERT_TRUE(retried) << retried.error().message;
  EXPECT_EQ(retried->state, SubmissionState::queued);
  EXPECT_EQ(retried->retry_of, earlier);
  EXPECT_EQ(find(earlier).retried_as, retried->id);
  EXPECT_EQ(find(earlier).state, SubmissionState::failed) << "its history stays";
  EXPECT_EQ(find(earlier).retired_to, "");
  EXPECT_EQ(contents(bench.spool.data_path(retried->id)), retry_bytes);
  EXPECT_THAT(bench.dropped(), IsEmpty()) << "neither the original nor its reason file is left";
  EXPECT_EQ(retried->sha256, find(earlier).sha256);
  EXPECT_EQ(bench.announced, 2);
}

TEST_F(Retry, FromAnotherFileSystemTheOriginalIsCopiedAndThenRemoved) {
  bench.lie_on_two_file_systems();
  const auto retried = retry(fail());
  ASSERT_TRUE(retried) << retried.error().message;
  EXPECT_EQ(contents(bench.spool.data_path(retried->id)), retry_bytes);
  EXPECT_THAT(bench.dropped(), IsEmpty());
}

TEST_F(Retry, ItsSubdirectoryIsKept) {
  fs::create_directories(bench.drop() / "north" / "east");
  const auto retried = retry(fail("a.csv", "north/east")).value();
  EXPECT_EQ(bench.spool.read_sidecar(retried.id).value().subdirectory, "north/east");
  end(retried.id);
  EXPECT_THAT(*find(retried.id).retired_to, HasSubstr("/north/east/a.csv"));
}

TEST_F(Retry, ARetryThatFailsCanBeRetried) {
  const auto first = fail();
  const auto second = retry(first).value().id;
  end(second);
  const auto third = retry(second);
  ASSERT_TRUE(third) << third.error().message;
  EXPECT_EQ(third->retry_of, second);
  EXPECT_EQ(retry(first).error().code, Errc::stale);
  EXPECT_EQ(bench.places(), 1);
}

TEST_F(Retry, AFileThatCameOverRestIsTakenFromTheArchive) {
  bench.route.drop.reset();
  const auto earlier = bench.fail_of_rest();
  const auto retried = retry(earlier);
  ASSERT_TRUE(retried) << retried.error().message;
  EXPECT_EQ(contents(bench.spool.data_path(retried->id)), retry_bytes);
  EXPECT_THAT(Bench::files_below(bench.directory.path() / "archive"), IsEmpty());
}

TEST_F(Retry, AnOriginalThatWasChangedIsANewFile) {
  const auto earlier = fail();
  const auto place = *find(earlier).retired_to;
  bench.directory.write(fs::path(place).lexically_relative(bench.directory.path()).string(), "id,name\n2,b\n");
  const auto refused = retry(earlier);
  EXPECT_EQ(refused.error().code, Errc::stale);
  EXPECT_THAT(refused.error().message, HasSubstr("has other bytes than were accepted"));
  EXPECT_EQ(contents(place), "id,name\n2,b\n");
  EXPECT_THAT(bench.spooled(), IsEmpty());
}

TEST_F(Retry, AnOriginalThatIsGoneIsSaidSo) {
  const auto earlier = fail();
  fs::remove(*find(earlier).retired_to);
  const auto refused = retry(earlier);
  EXPECT_EQ(refused.error().code, Errc::not_found);
  EXPECT_THAT(refused.error().message, HasSubstr("is not at " + *find(earlier).retired_to + " any more"));
  fs::remove_all(bench.drop() / "failed");
  EXPECT_EQ(retry(earlier).error().code, Errc::not_found);
}

TEST_F(Retry, WithItsRouteGoneItStaysWhereItIs) {
  const auto earlier = fail();
  bench.route.name = "sales";
  const std::map<std::string, queue::Route> none;
  EXPECT_EQ(test::complete(bench.context, bench.intake.retry(earlier, none)).error().code, Errc::not_found);
  EXPECT_EQ(bench.places(), 1);
}

TEST_F(Retry, OnlyWhatEndedWithoutSuccessIsRetried) {
  queue::Submission s;
  s.retired_to = "/drop/failed/2026-11-24/a.csv";
  for (const auto state :
       {SubmissionState::queued, SubmissionState::importing, SubmissionState::held, SubmissionState::done}) {
    s.state = state;
    EXPECT_EQ(why_not_retried(s)->code, Errc::stale);
  }
  for (const auto state : {SubmissionState::failed, SubmissionState::cancelled, SubmissionState::superseded}) {
    s.state = state;
    EXPECT_FALSE(why_not_retried(s));
  }
  s.retired_to = "";
  EXPECT_EQ(why_not_retried(s)->code, Errc::not_found);
  s.retired_to.reset();
  EXPECT_EQ(why_not_retried(s)->code, Errc::busy);
}

TEST_F(Retry, RowsThatAreInAreNotAppendedASecondTime) {
  const auto id = bench.fail_with_rows_in();
  EXPECT_EQ(find(id).state, SubmissionState::failed);
  const auto refused = retry(id);
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::stale);
  EXPECT_THAT(refused.error().message, HasSubstr("are in the table"));
  EXPECT_EQ(bench.places(), 1);
  bench.route.options.import_type = zoho::ImportType::updateadd;
  EXPECT_TRUE(retry(id)) << "that gives the same rows either way";
}

// Fails one step after the other, and in one go all that come after, as a crash does. After each the original is there,
// and after recover() and another try it is queued exactly once and lies in one place.
void walk_every_step_of_a_retry(bool apart, test::FaultyFiles::After after) {
  for (int n = 1;; ++n) {
    RetryBench bench;
    if (apart) bench.lie_on_two_file_systems();
    const auto earlier = bench.fail();
    bench.files.fail_call(n, Errc::io, after);
    const auto first = bench.retry(earlier);
    const bool failed = bench.files.failed();
    bench.files.fail_call(0);
    EXPECT_GE(bench.places(), 1) << "step " << n << ": the bytes are lost";
    if (!first && after == test::FaultyFiles::After::go_on) {
      EXPECT_EQ(bench.places(), 1) << "step " << n << ": bytes are in two places";
    }
    const auto recovered = bench.intake.recover();
    ASSERT_TRUE(recovered) << "step " << n << ": " << recovered.error().message;
    if (!bench.find(earlier).retried_as) {
      const auto second = bench.retry(earlier);
      ASSERT_TRUE(second) << "step " << n << ": " << second.error().message;
    }
    const auto retried = bench.find(*bench.find(earlier).retried_as);
    EXPECT_EQ(retried.state, SubmissionState::queued) << "step " << n;
    EXPECT_EQ(contents(bench.spool.data_path(retried.id)), retry_bytes) << "step " << n;
    EXPECT_EQ(bench.places(), 1) << "step " << n;
    EXPECT_EQ(bench.submissions().size(), 2U) << "step " << n;
    if (failed) continue;
    EXPECT_TRUE(first);
    EXPECT_GT(n, 8) << "the walk went through the steps";
    return;
  }
}

TEST(RetryStepByStep, AFailureLeavesTheOriginalInOnePlace) {
  walk_every_step_of_a_retry(false, test::FaultyFiles::After::go_on);
}
TEST(RetryStepByStep, ACrashLeavesTheOriginalInOnePlace) {
  walk_every_step_of_a_retry(false, test::FaultyFiles::After::crash);
}
TEST(RetryStepByStep, AFailureBetweenFileSystemsLeavesTheOriginalInOnePlace) {
  walk_every_step_of_a_retry(true, test::FaultyFiles::After::go_on);
}
TEST(RetryStepByStep, ACrashBetweenFileSystemsLeavesTheOriginalInOnePlace) {
  walk_every_step_of_a_retry(true, test::FaultyFiles::After::crash);
}

}  // namespace
}  // namespace dropload::intake
