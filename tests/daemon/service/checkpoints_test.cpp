#include "daemon/service/checkpoints.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

constexpr int more_than_sqlites_own_measure = 2000;

struct CheckpointsTest : ::testing::Test {
  test::TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "log.db";
  std::unique_ptr<db::Database> writer = db::Database::open(file).value();

  void SetUp() override { writer->raw().exec("CREATE TABLE t (bytes BLOB)"); }
  void commit(int pages) { writer->raw().exec(fmt::format("INSERT INTO t VALUES (randomblob({}))", pages * 4096)); }
  // What has been copied; nothing else may open the file.
  std::uintmax_t bytes() { return std::filesystem::file_size(file); }
};

TEST_F(CheckpointsTest, ACommitCopiesNothingByItself) {
  const auto checkpoints = Checkpoints::start(file, {.pages_worth_copying = 1'000'000}).value();
  checkpoints->watch(*writer);
  const auto before = bytes();
  commit(more_than_sqlites_own_measure);
  EXPECT_EQ(bytes(), before);
}

TEST_F(CheckpointsTest, ALogThatIsTooLongIsWaitedForUntilItHasBeenCopied) {
  const auto checkpoints = Checkpoints::start(file, {.pages_worth_copying = 10, .most_pages = 10}).value();
  checkpoints->watch(*writer);
  for (int pages = 100; pages <= 300; pages += 100) {
    commit(100);
    EXPECT_TRUE(checkpoints->wait_for_room({}));
    EXPECT_GE(bytes(), static_cast<std::uintmax_t>(pages) * 4096);
  }
}

TEST_F(CheckpointsTest, AReaderThatKeepsTheLogIsNotWaitedFor) {
  const auto checkpoints = Checkpoints::start(file, {.pages_worth_copying = 10, .most_pages = 10}).value();
  checkpoints->watch(*writer);
  const auto reader = db::Database::open(file, {.read_only = true}).value();
  reader->raw().exec("BEGIN");
  EXPECT_EQ(reader->raw().execAndGet("SELECT count(*) FROM t").getInt(), 0);
  commit(100);
  EXPECT_TRUE(checkpoints->wait_for_room({}));
  EXPECT_EQ(reader->raw().execAndGet("SELECT count(*) FROM t").getInt(), 0);
  EXPECT_LT(bytes(), 100u * 4096);
}

TEST_F(CheckpointsTest, WithoutThemTheConnectionCopiesAgain) {
  Checkpoints::start(file, {}).value()->watch(*writer);
  commit(more_than_sqlites_own_measure);
  EXPECT_GE(bytes(), static_cast<std::uintmax_t>(more_than_sqlites_own_measure) * 4096);
}

}  // namespace
}  // namespace dropload::service
