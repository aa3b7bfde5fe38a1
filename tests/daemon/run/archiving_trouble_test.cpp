#include <fstream>
#include <optional>

#include "daemon/queue/kept_files.h"
#include "tests/daemon/run/runner_fixture.h"
#include "tests/support/captured_log.h"
#include "tests/support/mounts.h"

// The rows are in, or refused, and the original cannot be put where it belongs: that is said, tried again, and never a
// reason to import anything again.

namespace dropload::run {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t drop_bytes = 1024 * 1024;

struct ArchivingTrouble : RunnerTest {
  [[nodiscard]] fs::path drop() const { return directory_.path() / "drop"; }
  // Before the fixture's threads.
  static void SetUpTestSuite() { test::enter_mount_namespace(); }
  ArchivingTrouble() { fs::create_directories(drop()); }

  // As it was taken from the drop directory that is there now.
  SubmissionId submit_dropped(const std::string& table) {
    auto added = submission_of(table, "append");
    added.drop_directory = drop().string();
    added.sha256 = "5be08c9684a1d25efcee09318204824278b08bbfb4aef973ffefd0b9d7478313";
    const auto id = accept(std::move(added), "a,b\n");
    auto sidecar = spool_->read_sidecar(id).value();
    struct stat info {};
    EXPECT_EQ(::stat(drop().c_str(), &info), 0);
    sidecar.drop_root = {info.st_dev, info.st_ino};
    EXPECT_TRUE(spool_->write_sidecar(sidecar));
    return id;
  }
  void run_until_ended(SubmissionId id) {
    start();
    run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::running; });
    pass(context_->settings.outcome.first_poll);
    run_until([&] { return queue::is_final(find(id).state); });
  }
  // Its original cannot be put away; it is tried again three times, and then again when the trouble is over.
  void expect_mended_by_itself(SubmissionId id, const std::string& trouble, const std::function<void()>& mend) {
    run_until([&] { return !find(id).retire_trouble.empty(); });
    EXPECT_THAT(find(id).retire_trouble, HasSubstr(trouble));
    for (int tries = 0; tries < 3; ++tries) {
      pass(context_->settings.retire_again_after);
      run_until([&] { return due_at(id) > clock_.now(); });
      EXPECT_EQ(test::contents(spool_->data_path(id)), "a,b\n");
    }
    mend();
    pass(context_->settings.retire_again_after);
    run_until([&] { return find(id).retired_to.has_value(); });
    EXPECT_EQ(test::contents(*find(id).retired_to), "a,b\n");
    EXPECT_EQ(find(id).retire_trouble, "");
    EXPECT_EQ(target_->submitted.size(), 1U) << "it was sent once";
  }
  Time due_at(SubmissionId id) {
    return store_
        ->run_blocking([id](Store& store) -> Result<Time> {
          SQLite::Statement at(store.database().raw(), "SELECT retire_at FROM submission WHERE id = ?");
          at.bind(1, id);
          at.executeStep();
          return Time{at.getColumn(0).getInt64()};
        })
        .value();
  }
};

TEST_F(ArchivingTrouble, AFileInThePlaceOfDoneKeepsTheOriginalInTheSpoolUntilItIsGone) {
  test::CapturedLog log;
  std::ofstream(drop() / "done") << "somebody's";
  const auto id = submit_dropped("sales");
  run_until_ended(id);
  EXPECT_EQ(find(id).state, SubmissionState::done);
  expect_mended_by_itself(id, "done", [&] {
    EXPECT_EQ(test::contents(drop() / "done"), "somebody's");
    fs::remove(drop() / "done");
  });
  const auto text = log.text();
  const auto first = text.find("its original stays in the spool");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("its original stays in the spool", first + 1), std::string::npos) << "said once:\n" << text;
}

TEST_F(ArchivingTrouble, DoneThatMayNotBeWrittenToIsWaitedFor) {
  fs::create_directories(drop() / "done");
  std::optional<test::Mount> mount(test::Mount::read_only(drop() / "done"));
  const auto id = submit_dropped("sales");
  run_until_ended(id);
  expect_mended_by_itself(id, "Read-only file system", [&] { mount.reset(); });
}

TEST_F(ArchivingTrouble, FailedThatMayNotBeWrittenToIsWaitedForAndHasItsReasonFileThen) {
  fs::create_directories(drop() / "failed");
  std::optional<test::Mount> mount(test::Mount::read_only(drop() / "failed"));
  target_->submit_answers = {target::Refused{{400, 7128, "", "no column id"}, {}}};
  const auto id = submit_dropped("sales");
  start();
  run_until([&] { return queue::is_final(find(id).state); });
  EXPECT_EQ(find(id).state, SubmissionState::failed);
  expect_mended_by_itself(id, "Read-only file system", [&] { mount.reset(); });
  EXPECT_THAT(test::contents(*find(id).retired_to + ".error.txt"),
              HasSubstr("dropload retry " + std::to_string(id) + "`"));
}

TEST_F(ArchivingTrouble, ADropDirectoryOnAFullDiskIsWaitedFor) {
  const auto mount = test::Mount::tmpfs(drop(), drop_bytes);
  const auto id = submit_dropped("sales");
  test::fill_disk(drop() / "filler");
  run_until_ended(id);
  expect_mended_by_itself(id, "No space left on device", [&] { fs::remove(drop() / "filler"); });
}

TEST_F(ArchivingTrouble, ADropDirectoryThatIsNotMountedAnyMoreIsWaitedForAndItsMountPointIsLeftAlone) {
  std::optional<test::Mount> mount(test::Mount::tmpfs(drop(), drop_bytes));
  const auto id = submit_dropped("sales");
  const auto identity = spool_->read_sidecar(id).value().drop_root;
  mount.reset();
  run_until_ended(id);
  expect_mended_by_itself(id, "mount its file system", [&] {
    EXPECT_TRUE(fs::is_empty(drop()));
    // The same directory is back, as far as its identity tells.
    mount.emplace(test::Mount::tmpfs(drop(), drop_bytes));
    auto sidecar = spool_->read_sidecar(id).value();
    struct stat info {};
    ASSERT_EQ(::stat(drop().c_str(), &info), 0);
    EXPECT_EQ(identity.inode, info.st_ino);
  });
}

TEST_F(ArchivingTrouble, WhatWasPutAwayIsKnownAsAFileThatMayBeRemovedOneDay) {
  const auto id = submit_dropped("sales");
  run_until_ended(id);
  run_until([&] { return find(id).retired_to.has_value(); });
  const auto kept = store_
                        ->run_blocking([route = find(id).route](Store& s) {
                          return queue::kept_until(s, route, true, Time{INT64_MAX}, 10);
                        })
                        .value();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].submission, id);
  EXPECT_EQ(kept[0].retired_to, find(id).retired_to);
  struct stat info {};
  ASSERT_EQ(::stat(kept[0].retired_to.c_str(), &info), 0);
  EXPECT_EQ(kept[0].stamps.original->inode, info.st_ino);
}

TEST_F(ArchivingTrouble, AStartTriesAtOnceWhatWasPutOff) {
  std::ofstream(drop() / "done") << "somebody's";
  const auto id = submit_dropped("sales");
  run_until_ended(id);
  run_until([&] { return !find(id).retire_trouble.empty(); });
  fs::remove(drop() / "done");
  run_until_done(stop_runner(Milliseconds{0}));
  runner_ = std::make_unique<Runner>(*context_, io_.get_executor());
  run_until_done(recover_runner());
  start();
  run_until([&] { return find(id).retired_to.has_value(); });
  EXPECT_EQ(target_->submitted.size(), 1U);
}

}  // namespace
}  // namespace dropload::run
