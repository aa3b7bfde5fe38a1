#include "common/base/files.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"

namespace dropload {
namespace {

using test::contents;
using test::TemporaryDirectory;

TEST(Files, CreatingAFileThatIsThereIsRefused) {
  const TemporaryDirectory directory;
  const auto path = directory.write("a", "old");
  SystemFiles files;
  const auto created = files.create(path, 0644);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, Errc::already_exists);
  EXPECT_EQ(contents(path), "old");
}

TEST(Files, ASymbolicLinkIsNotOpened) {
  const TemporaryDirectory directory;
  const auto target = directory.write("secret", "x");
  std::filesystem::create_symlink(target, directory.path() / "link");
  SystemFiles files;
  EXPECT_FALSE(files.open_for_reading(directory.path() / "link"));
}

TEST(Files, ADirectoryIsNotARegularFile) {
  const TemporaryDirectory directory;
  SystemFiles files;
  const auto opened = files.open_for_reading(directory.path());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::invalid_argument);
}

TEST(Files, RenameNewNeverReplacesWhatIsThere) {
  const TemporaryDirectory directory;
  const auto from = directory.write("from", "new");
  const auto to = directory.write("to", "old");
  SystemFiles files;
  const auto renamed = files.rename_new(from, to);
  ASSERT_FALSE(renamed);
  EXPECT_EQ(renamed.error().code, Errc::already_exists);
  EXPECT_EQ(contents(from), "new");
  EXPECT_EQ(contents(to), "old");
}

TEST(Files, ACopyHasTheSameBytes) {
  const TemporaryDirectory directory;
  const std::string text(300'000, 'q');
  const auto from = directory.write("from", text);
  SystemFiles files;
  auto in = files.open_for_reading(from);
  auto out = files.create(directory.path() / "to", 0600);
  ASSERT_TRUE(in && out);
  EXPECT_EQ(files.copy(in->get(), out->get()).value(), text.size());
  EXPECT_EQ(contents(directory.path() / "to"), text);
}

TEST(Files, ADurableWriteReplacesTheWholeFileAndLeavesNothingElseBehind) {
  const TemporaryDirectory directory;
  const auto path = directory.write("token", "old and long");
  directory.write("token.new", "left over from a crash");
  SystemFiles files;
  ASSERT_TRUE(write_file_durably(files, path, "new", 0600));
  EXPECT_EQ(contents(path), "new");
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "token.new"));
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(Files, AFileOverTheLimitIsNotRead) {
  const TemporaryDirectory directory;
  const auto path = directory.write("big", std::string(1000, 'x'));
  EXPECT_EQ(read_file(path, 1000).value().size(), 1000U);
  EXPECT_EQ(read_file(path, 999).error().code, Errc::too_large);
}

TEST(DirectoryLock, ASecondHolderIsRefusedAndToldThePid) {
  const TemporaryDirectory directory;
  auto first = DirectoryLock::take(directory.path());
  ASSERT_TRUE(first);
  const auto second = DirectoryLock::take(directory.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::busy);
  EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos);
}

TEST(DirectoryLock, ALockFileThatIsLeftBehindMeansNothing) {
  const TemporaryDirectory directory;
  directory.write("lock", "12345");
  EXPECT_TRUE(DirectoryLock::take(directory.path()));
}

}  // namespace
}  // namespace dropload
