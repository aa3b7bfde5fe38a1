#include "daemon/intake/clearing.h"

#include <gmock/gmock.h>

#include "daemon/intake/old_originals.h"
#include "daemon/intake/retire.h"
#include "tests/daemon/intake/intake_bench.h"
#include "tests/support/captured_log.h"

// Originals are removed after a time, and only those that the daemon put where they lie.

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using queue::Store;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct ClearingTest : testing::Test {
  Bench bench;
  std::map<std::string, queue::Route> routes;
  std::optional<Clearing> clearing;

  ClearingTest() {
    bench.route.keep_done = 30 * 24h;
    bench.route.keep_failed = 90 * 24h;
    begin_anew();
  }
  void begin_anew() {
    routes = {{"sales", bench.route}};
    clearing.emplace(
        Clearing::Parts{bench.store, bench.files, bench.clock, bench.pool, routes, bench.directory.path() / "archive"});
  }
  queue::Submission find(queue::SubmissionId id) {
    return bench.store.run_blocking([id](Store& s) { return s.find(id); }).value();
  }
  // Accepted, failed or imported, and put away.
  queue::Submission put_away(const std::string& name, bool imported, const std::string& subdirectory = "") {
    bench.directory.write(fs::path("drop") / subdirectory / name, "id\n" + name + "\n");
    const auto taken = bench.take(name, subdirectory);
    EXPECT_TRUE(taken) << taken.error().message;
    end(taken->id, imported);
    return retire_it(taken->id);
  }
  void end(queue::SubmissionId id, bool imported) {
    const auto now = bench.clock.now();
    const auto carry = [=](Store& s) -> Result<void> {
      if (!imported) return s.fail(id, "no", "", now);
      const auto job = s.begin_job(id, {s.find(id).value().table.organization}, {1, 0}, now).value().id;
      if (auto sent = s.mark_whole_sent(job); !sent) return sent;
      if (auto accepted = s.job_accepted(job, "1", "2", now, now); !accepted) return accepted;
      return s.job_succeeded(job, queue::Rows{1, 1, 0}, "", "{}", now);
    };
    const auto ended = bench.store.run_blocking(carry);
    ASSERT_TRUE(ended) << ended.error().message;
    // The budget has room for the next.
    bench.clock.advance(61s);
  }
  queue::Submission retire_it(queue::SubmissionId id) {
    queue::KeptStamps stamps;
    const auto now = bench.clock.now();
    const auto to = retire(bench.spool, bench.files, {bench.directory.path() / "archive"}, find(id), now, "", &stamps);
    EXPECT_TRUE(to) << to.error().message;
    const auto mark = [=](Store& s) -> Result<void> {
      auto marked = s.mark_retired(id, *to, now);
      return marked ? queue::remember_kept(s, id, stamps, now) : marked;
    };
    EXPECT_TRUE(bench.store.run_blocking(mark));
    EXPECT_TRUE(bench.spool.remove_entry(id));
    return find(id);
  }
  bool clear() {
    const auto more = test::complete(bench.context, clearing->clear());
    EXPECT_TRUE(more) << more.error().message;
    return *more;
  }
  std::vector<queue::KeptFile> kept(bool imported) {
    return bench.store
        .run_blocking([=](Store& s) { return queue::kept_until(s, "sales", imported, Time{INT64_MAX}, 1000); })
        .value();
  }
  [[nodiscard]] bool is_there(const queue::Submission& s) const { return fs::exists(*s.retired_to); }
};

TEST_F(ClearingTest, AnImportedOriginalGoesAfterItsTimeWithItsDateDirectoryAndTheSubmissionSaysSo) {
  const auto done = put_away("a.csv", true, "north");
  bench.clock.advance(30 * 24h - 1s);
  EXPECT_FALSE(clear());
  EXPECT_TRUE(is_there(done));
  bench.clock.advance(1s);
  test::CapturedLog log;
  EXPECT_FALSE(clear());
  EXPECT_FALSE(is_there(done));
  EXPECT_TRUE(fs::is_empty(bench.drop() / "done")) << "date directories that are empty go";
  EXPECT_TRUE(fs::exists(bench.drop() / "north"));
  const auto after = find(done.id);
  EXPECT_EQ(after.retired_to, done.retired_to);
  EXPECT_EQ(after.removed_at, bench.clock.now());
  const auto events = bench.store.run_blocking([](Store& s) { return s.events_of(1); }).value();
  EXPECT_EQ(events.back().what, "original removed");
  EXPECT_EQ(events.back().text, "after 30 days, as keep_done of route sales says");
  EXPECT_THAT(log.text(), HasSubstr("an original was removed from done/ after 30 days"));
  EXPECT_THAT(kept(true), IsEmpty());
}

TEST_F(ClearingTest, AFailedOneGoesWithItsReasonFileAndARetrySaysThatItIsGone) {
  const auto failed = put_away("a.csv", false);
  bench.clock.advance(90 * 24h);
  clear();
  EXPECT_THAT(bench.dropped(), IsEmpty());
  const auto retried = test::complete(bench.context, bench.intake.retry(failed.id, routes));
  ASSERT_FALSE(retried);
  EXPECT_EQ(retried.error().code, Errc::not_found);
  EXPECT_THAT(retried.error().message, HasSubstr("was removed from"));
  EXPECT_THAT(retried.error().message, HasSubstr("keep_failed"));
}

TEST_F(ClearingTest, WithoutARuleNothingIsRemoved) {
  bench.route.keep_done.reset();
  begin_anew();
  const auto done = put_away("a.csv", true);
  bench.clock.advance(10'000 * 24h);
  clear();
  EXPECT_TRUE(is_there(done));
  EXPECT_EQ(kept(true).size(), 1U) << "a rule that is given later counts for it";
}

TEST_F(ClearingTest, AFileThatWasChangedReplacedOrTouchedStays) {
  const auto changed = put_away("a.csv", true);
  const auto replaced = put_away("b.csv", true);
  const auto linked = put_away("c.csv", true);
  std::ofstream(*changed.retired_to, std::ios::app) << "a note";
  const auto time = fs::last_write_time(*replaced.retired_to);
  fs::rename(*replaced.retired_to, bench.directory.path() / "aside");
  std::ofstream(*replaced.retired_to) << "id\nb.csv\n";
  fs::last_write_time(*replaced.retired_to, time);
  fs::rename(*linked.retired_to, bench.directory.path() / "target");
  fs::create_symlink(bench.directory.path() / "target", *linked.retired_to);
  bench.clock.advance(30 * 24h);
  clear();
  for (const auto& s : {changed, replaced, linked}) {
    EXPECT_TRUE(is_there(s)) << *s.retired_to;
    EXPECT_FALSE(find(s.id).removed_at);
  }
  EXPECT_TRUE(fs::exists(bench.directory.path() / "target"));
  EXPECT_THAT(kept(true), IsEmpty()) << "they are a person's from now on";
}

TEST_F(ClearingTest, WhatAPersonPutBesideItAndAReasonThatWasAnnotatedStay) {
  const auto failed = put_away("a.csv", false);
  const auto directory = fs::path(*failed.retired_to).parent_path();
  std::ofstream(directory / "notes.txt") << "mine";
  std::ofstream(*failed.retired_to + ".error.txt", std::ios::app) << "asked Anna";
  bench.clock.advance(90 * 24h);
  clear();
  EXPECT_FALSE(is_there(failed));
  EXPECT_TRUE(find(failed.id).removed_at);
  EXPECT_TRUE(fs::exists(directory / "notes.txt"));
  EXPECT_TRUE(fs::exists(*failed.retired_to + ".error.txt"));
}

TEST_F(ClearingTest, NoLinkInThePlaceOfADirectoryIsFollowed) {
  const auto done = put_away("a.csv", true);
  const auto date = fs::path(*done.retired_to).parent_path();
  fs::rename(date, bench.directory.path() / "moved");
  fs::create_directory_symlink(bench.directory.path() / "moved", date);
  bench.clock.advance(30 * 24h);
  clear();
  EXPECT_TRUE(fs::exists(bench.directory.path() / "moved/a.csv"));
  EXPECT_FALSE(find(done.id).removed_at);
}

TEST_F(ClearingTest, NothingIsRemovedWhileTheDropDirectoryIsOfflineAndNothingCountsAsGoneThen) {
  bench.route.drop->online_marker = ".online";
  begin_anew();
  const auto done = put_away("a.csv", true);
  bench.clock.advance(30 * 24h);
  clear();
  EXPECT_TRUE(is_there(done)) << "its marker is missing";
  bench.directory.write("drop/.online", "");
  fs::rename(bench.drop(), bench.directory.path() / "away");
  bench.clock.advance(1h);
  clear();
  fs::create_directories(bench.drop());  // a mount point without its file system
  bench.directory.write("drop/.online", "");
  bench.clock.advance(1h);
  clear();
  fs::remove_all(bench.drop());
  fs::rename(bench.directory.path() / "away", bench.drop());
  clear();
  EXPECT_TRUE(is_there(done)) << "it is tried again after an hour";
  bench.clock.advance(1h);
  clear();
  EXPECT_FALSE(is_there(done));
  EXPECT_TRUE(find(done.id).removed_at);
}

TEST_F(ClearingTest, ACrashBetweenTheRemovalAndItsRecordIsMended) {
  const auto done = put_away("a.csv", true);
  const auto taken_away = put_away("b.csv", true);
  const auto id = done.id;
  ASSERT_TRUE(bench.store.run_blocking([id](Store& s) { return queue::begin_removing(s, {id}); }));
  fs::remove(*done.retired_to);
  fs::remove(*taken_away.retired_to);
  bench.clock.advance(30 * 24h);
  begin_anew();
  clear();
  EXPECT_TRUE(find(done.id).removed_at);
  EXPECT_FALSE(find(taken_away.id).removed_at) << "a person did that";
  EXPECT_TRUE(fs::is_empty(bench.drop() / "done"));
  EXPECT_THAT(kept(true), IsEmpty());
}

TEST_F(ClearingTest, WhatCannotBeRemovedIsSaidOnceAndTriedAgainAfterAnHour) {
  const auto done = put_away("a.csv", true);
  bench.clock.advance(30 * 24h);
  test::CapturedLog log;
  bench.files.fail_call(1, Errc::permission_denied, test::FaultyFiles::After::crash);
  clear();
  EXPECT_TRUE(is_there(done));
  bench.files.fail_call(0);
  clear();
  EXPECT_TRUE(is_there(done));
  EXPECT_THAT(log.text(), HasSubstr("what is old cannot be removed"));
  bench.clock.advance(1h);
  clear();
  EXPECT_FALSE(is_there(done));
}

TEST_F(ClearingTest, AHundredAtOnceGoThoseFirstThatWerePutAwayFirst) {
  std::vector<queue::Submission> done;
  for (int i = 0; i < 103; ++i) done.push_back(put_away(fmt::format("{}.csv", i), false));
  bench.clock.advance(91 * 24h);
  EXPECT_TRUE(clear());
  EXPECT_EQ(kept(false).size(), 3U);
  EXPECT_FALSE(is_there(done.at(99)));
  EXPECT_TRUE(is_there(done.at(100)));
  EXPECT_FALSE(clear());
  EXPECT_THAT(bench.dropped(), IsEmpty());
}

TEST_F(ClearingTest, ARetryOfTheSameDayIsKeptAsLongAsItsOwnRuleSays) {
  const auto failed = put_away("a.csv", false);
  bench.clock.advance(6h);
  const auto retried = test::complete(bench.context, bench.intake.retry(failed.id, routes));
  ASSERT_TRUE(retried) << retried.error().message;
  end(retried->id, false);
  const auto again = retire_it(retried->id);
  bench.clock.advance(90 * 24h - 1h);
  clear();
  EXPECT_TRUE(is_there(again));
  EXPECT_FALSE(find(failed.id).removed_at);
  bench.clock.advance(1h);
  clear();
  EXPECT_FALSE(is_there(again));
}

TEST_F(ClearingTest, WhatCameWithoutADropDirectoryIsRemovedFromTheArchive) {
  bench.route.drop.reset();
  begin_anew();
  const auto id = bench.store.reserve_id();
  queue::Sidecar sidecar;
  sidecar.submission.id = id;
  sidecar.submission.route = "sales";
  sidecar.submission.table = {"main", "Demo", "Sales"};
  sidecar.submission.source = queue::Source::rest;
  sidecar.submission.file_name = "a.csv";
  sidecar.submission.size = 2;
  sidecar.submission.sha256 = "x";
  sidecar.submission.accepted_at = bench.clock.now();
  ASSERT_TRUE(bench.spool.make_entry(id) && bench.spool.write_sidecar(sidecar));
  bench.directory.write(fmt::format("spool/{}/data", id), "x\n");
  ASSERT_TRUE(bench.store.run_blocking([&](Store& s) { return s.accept(sidecar.submission); }));
  end(id, false);
  const auto put = retire_it(id);
  EXPECT_THAT(*put.retired_to, HasSubstr("archive/failed/"));
  bench.clock.advance(90 * 24h);
  clear();
  EXPECT_THAT(Bench::files_below(bench.directory.path() / "archive"), IsEmpty());
  EXPECT_TRUE(find(id).removed_at);
}

TEST_F(ClearingTest, WhatStaysWhereItWasDroppedIsNeverRemoved) {
  bench.route.leave_when_done = true;
  begin_anew();
  const auto left = put_away("a.csv", true);
  const auto failed = put_away("b.csv", false);
  bench.clock.advance(91 * 24h);
  clear();
  EXPECT_THAT(bench.dropped(), ElementsAre("a.csv", "b.csv"));
  EXPECT_FALSE(find(left.id).removed_at);
  EXPECT_TRUE(find(failed.id).removed_at) << "the copy in failed/";
}

TEST_F(ClearingTest, AFileThatTookThePlaceWhileTheDaemonWasDownIsNotTakenForTheOriginal) {
  bench.directory.write("drop/a.csv", "id\n1\n");
  const auto id = bench.take("a.csv").value().id;
  end(id, true);
  const auto to = retire(bench.spool, bench.files, {}, find(id), bench.clock.now()).value();  // and a crash
  fs::rename(to, bench.directory.path() / "aside");
  std::ofstream(to) << "id\n2\n";
  retire_it(id);
  EXPECT_THAT(kept(true), IsEmpty());
}

TEST_F(ClearingTest, OneThatWasPutAwayBeforeACrashIsKnownByItsBytes) {
  bench.directory.write("drop/a.csv", "id\n1\n");
  const auto id = bench.take("a.csv").value().id;
  end(id, true);
  (void)retire(bench.spool, bench.files, {}, find(id), bench.clock.now()).value();  // and a crash
  retire_it(id);
  EXPECT_EQ(kept(true).size(), 1U);
}

}  // namespace
}  // namespace dropload::intake
