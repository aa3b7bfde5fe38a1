#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/intake/accepting.h"
#include "daemon/intake/retire.h"
#include "daemon/intake/sha256.h"
#include "tests/daemon/intake/intake_bench.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using queue::SubmissionState;
using test::contents;
using Names = std::vector<std::string>;

ino_t inode_of(const fs::path& path) {
  struct stat info {};
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info.st_ino;
}

TEST(Take, AFileLeavesTheDropDirectoryAndIsQueued) {
  Bench bench;
  bench.directory.write("drop/a.csv", "id\n1\n");
  const auto taken = bench.take("a.csv");
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->state, SubmissionState::queued);
  EXPECT_EQ(taken->table, (queue::TableKey{"main", "Demo", "Sales"}));
  EXPECT_EQ(taken->file_name, "a.csv");
  EXPECT_EQ(taken->drop_directory, bench.drop().string());
  EXPECT_EQ(taken->size, 5U);
  EXPECT_EQ(taken->accepted_at, bench.clock.now());
  EXPECT_EQ(taken->sha256, digest_of(bench.files, bench.spool.data_path(taken->id)).value().sha256);
  EXPECT_EQ(contents(bench.spool.data_path(taken->id)), "id\n1\n");
  EXPECT_TRUE(bench.dropped().empty());
  EXPECT_EQ(bench.announced, 1);
}

TEST(Take, TheHashIsSha256) {
  Bench bench;
  bench.directory.write("drop/a.csv", "abc");
  EXPECT_EQ(bench.take("a.csv").value().sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Take, OnOneFileSystemNothingIsCopied) {
  Bench bench;
  const auto inode = inode_of(bench.directory.write("drop/a.csv", "x"));
  EXPECT_EQ(inode_of(bench.spool.data_path(bench.take("a.csv").value().id)), inode);
}

TEST(Take, BetweenFileSystemsItIsCopiedAndTheOriginalRemoved) {
  Bench bench;
  bench.lie_on_two_file_systems();
  const auto inode = inode_of(bench.directory.write("drop/north/a.csv", "id\n1\n"));
  const auto taken = bench.take("a.csv", "north");
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(contents(bench.spool.data_path(taken->id)), "id\n1\n");
  EXPECT_NE(inode_of(bench.spool.data_path(taken->id)), inode);
  EXPECT_TRUE(bench.dropped().empty());
}

TEST(Take, BetweenFileSystemsAFileThatIsReplacedJustThenGoesBackUnderItsName) {
  Bench bench;
  bench.lie_on_two_file_systems();
  bench.directory.write("drop/a.csv", "id\n1\n");
  const auto replace = [&] {
    const auto other = bench.directory.write("other", "id\n2\n");
    std::filesystem::rename(other, bench.drop() / "a.csv");
  };
  bench.files.before_rename_new([&] { bench.files.before_rename_new(replace); });  // the first one is to the spool
  EXPECT_EQ(bench.take("a.csv").error().code, Errc::stale);
  EXPECT_EQ(bench.dropped(), Names{"a.csv"});
  EXPECT_EQ(contents(bench.drop() / "a.csv"), "id\n2\n");
  EXPECT_TRUE(bench.spooled().empty());
}

TEST(Take, AFileIsLeftWhileAnotherHasTheNameThatItWouldBeClaimedUnder) {
  Bench bench;
  bench.lie_on_two_file_systems();
  bench.directory.write("drop/a.csv", "id\n1\n");
  bench.directory.write("drop/" + queue::claimed_name(1), "of an earlier installation");
  EXPECT_EQ(bench.take("a.csv").error().code, Errc::already_exists);
  EXPECT_EQ(bench.dropped(), (Names{queue::claimed_name(1), "a.csv"}));
  EXPECT_TRUE(bench.spooled().empty());
  EXPECT_TRUE(bench.take("a.csv")) << "the next number is free";
  EXPECT_EQ(bench.dropped(), Names{queue::claimed_name(1)});
}

TEST(Take, AFileWithoutATableStaysWhereItIs) {
  Bench bench;
  bench.route.table.clear();
  bench.route.table_pattern = "(?<table>[a-z]+)_.*";
  bench.directory.write("drop/2026.csv", "x");
  EXPECT_EQ(bench.take("2026.csv").error().code, Errc::invalid_argument);
  EXPECT_EQ(bench.dropped(), Names{"2026.csv"});
  EXPECT_TRUE(bench.spooled().empty());
}

TEST(Take, AFileThatIsGoneIsNotFoundAndLeavesNothing) {
  Bench bench;
  EXPECT_EQ(bench.take("a.csv").error().code, Errc::not_found);
  EXPECT_TRUE(fs::is_empty(bench.spool.directory()));
}

TEST(Take, OnlyRegularFilesAreTaken) {
  Bench bench;
  fs::create_symlink(bench.directory.write("secret", "x"), bench.drop() / "link.csv");
  ASSERT_EQ(::mkfifo((bench.drop() / "fifo.csv").c_str(), 0600), 0);
  fs::create_directory(bench.drop() / "directory.csv");
  for (const auto* name : {"link.csv", "fifo.csv", "directory.csv"}) {
    const auto taken = bench.take(name);
    ASSERT_FALSE(taken) << name;
    EXPECT_EQ(taken.error().code, Errc::invalid_argument) << name;
  }
  EXPECT_TRUE(bench.submissions().empty());
}

TEST(Take, NothingIsTakenThroughALinkInTheWayToIt) {
  Bench bench;
  bench.directory.write("state/tokens/main.json", "secret");
  fs::create_directory_symlink(bench.directory.path() / "state/tokens", bench.drop() / "north");
  for (const std::string subdirectory : {"north", "..", "../state/tokens"}) {
    const auto taken = bench.take("main.json", subdirectory);
    ASSERT_FALSE(taken) << subdirectory;
    EXPECT_EQ(taken.error().code, Errc::invalid_argument) << subdirectory;
  }
  EXPECT_TRUE(fs::exists(bench.directory.path() / "state/tokens/main.json"));
  EXPECT_TRUE(bench.submissions().empty());
}

TEST(Take, AFileThatAWriterHasOpenIsPutBack) {
  Bench bench;
  const auto path = bench.directory.write("drop/a.csv", "half");
  const UniqueFd writer(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  const auto inode = inode_of(path);
  for (const bool apart : {false, true}) {
    if (apart) bench.lie_on_two_file_systems();
    const auto taken = bench.take("a.csv");
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Errc::stale);
    EXPECT_EQ(inode_of(path), inode);
    EXPECT_EQ(bench.dropped(), Names{"a.csv"});
    EXPECT_TRUE(bench.spooled().empty());
  }
}

TEST(Take, AFileThatChangedSinceItSettledStaysUntilItHasSettledAgain) {
  Bench bench;
  const auto path = bench.directory.write("drop/a.csv", "id\n1\n2\n");
  const Look settled = look_at(path).value();
  bench.directory.write("drop/a.csv", "id\n1");
  const auto taken = test::complete(bench.context, bench.intake.take(bench.route, "", "a.csv", settled));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Errc::stale);
  EXPECT_EQ(contents(path), "id\n1");
  EXPECT_TRUE(bench.spooled().empty());
}

TEST(Take, AnEmptyFileIsAcceptedAndHasFailedWithTheReason) {
  Bench bench;
  bench.directory.write("drop/a.csv", "");
  const auto taken = bench.take("a.csv");
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->state, SubmissionState::failed);
  EXPECT_EQ(taken->reason, refusal_of(0, {1})->reason);
  EXPECT_NE(taken->advice, "");
}

TEST(Take, AFileOverTheRoutesLimitIsAcceptedAndHasFailedWithTheReason) {
  Bench bench;
  bench.route.max_bytes = 4;
  bench.directory.write("drop/a.csv", "12345");
  const auto taken = bench.take("a.csv");
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->state, SubmissionState::failed);
  EXPECT_EQ(taken->reason, "The file has 5 bytes; its route takes at most 4.");
}

TEST(Take, MoreThanAllBatchesHoldAndJsonThatCannotBeCutHaveFailedWithTheReason) {
  Bench bench;
  bench.route.max_bytes = 1'000'000'000;
  bench.route.batch_bytes = 10;
  bench.directory.write("drop/a.csv", std::string(1'000, 'x'));
  EXPECT_EQ(bench.take("a.csv")->state, SubmissionState::queued);
  bench.directory.write("drop/b.csv", std::string(1'001, 'x'));
  EXPECT_EQ(bench.take("b.csv")->reason,
            "The file has 1001 bytes; at most 1000 bytes can be imported as one file, in 100 batches.");
  bench.route.options.file_type = zoho::FileType::json;
  const auto json = bench.directory.write("drop/c.json", "[]");
  std::filesystem::resize_file(json, zoho::max_file_bytes + 1);
  const auto taken = bench.take("c.json");
  EXPECT_EQ(taken->reason,
            "The file has 104857601 bytes; a JSON file may have at most 104857600 bytes: it cannot be cut into "
            "batches.");
  EXPECT_EQ(taken->advice, "Write it as several files, or as CSV.");
}

TEST(RefusalOf, AFileWithinTheLimitIsNotRefused) {
  EXPECT_EQ(refusal_of(1, {1}), std::nullopt);
  EXPECT_NE(refusal_of(2, {1}), std::nullopt);
}

TEST(Take, AQueueThatTakesNothingLeavesTheFileInTheDropDirectory) {
  Bench bench;
  queue::StoreThread full(queue::Store::open(bench.directory.path() / "full.db").value(),
                          {.max_waiting = 0, .max_group = 1});
  Intake intake({full, bench.spool, bench.files, bench.clock, bench.pool, [] {}});
  bench.directory.write("drop/a.csv", "x");
  const auto taken =
      test::complete(bench.context, intake.take(bench.route, "", "a.csv", look_at(bench.drop() / "a.csv").value()));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Errc::unavailable);
  EXPECT_EQ(bench.dropped(), Names{"a.csv"});
  EXPECT_TRUE(bench.spooled().empty());
}

TEST(Take, BetweenFileSystemsAFileOverTheLimitIsNotCopied) {
  Bench bench;
  bench.lie_on_two_file_systems();
  bench.files.limit_copies(0);
  bench.route.max_bytes = 4;
  const auto inode = inode_of(bench.directory.write("drop/north/a.csv", "12345"));
  const auto taken = bench.take("a.csv", "north");
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->state, SubmissionState::failed);
  EXPECT_EQ(taken->size, 5U);
  ASSERT_TRUE(bench.intake.recover());
  const auto to = retire(bench.spool, bench.files, {}, *taken, bench.clock.now());
  ASSERT_TRUE(to) << to.error().message;
  EXPECT_EQ(inode_of(*to), inode) << "it was only ever renamed";
  EXPECT_EQ(bench.dropped().size(), 2U) << "the original in failed/, and its reason";
}

TEST(Take, AFileThatDoesNotFitBesideTheSpoolStaysAndIsNoFullDisk) {
  Bench bench;
  bench.lie_on_two_file_systems();
  bench.files.limit_copies(4);
  bench.directory.write("drop/a.csv", "12345");
  EXPECT_EQ(bench.take("a.csv").error().code, Errc::too_large);
  EXPECT_EQ(bench.dropped(), Names{"a.csv"});
  EXPECT_TRUE(bench.spooled().empty());
  bench.directory.write("drop/b.csv", "1234");
  EXPECT_TRUE(bench.take("b.csv"));
}

}  // namespace
}  // namespace dropload::intake
