#include "common/base/files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <thread>

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

// Signals come all the time while it lives, and none of them lets a call go on where it was.
class ManySignals {
 public:
  ManySignals() {
    struct sigaction nothing {};
    nothing.sa_handler = [](int) {};
    ::sigaction(SIGALRM, &nothing, &before_);
    const itimerval every{{0, 500}, {0, 500}};
    ::setitimer(ITIMER_REAL, &every, nullptr);
  }
  ~ManySignals() {
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before_, nullptr);
  }
  ManySignals(const ManySignals&) = delete;
  ManySignals& operator=(const ManySignals&) = delete;

 private:
  struct sigaction before_ {};
};

// A pipe takes a part at a time and a signal ends a write that waits: with nothing written (EINTR), or with a part.
TEST(Files, AWriteGoesOnThroughSignalsAndShortWrites) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  UniqueFd from(ends[0]);
  UniqueFd to(ends[1]);
  const std::string text(3'000'000, 'x');
  std::string seen;
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  ::pthread_sigmask(SIG_BLOCK, &alarm, nullptr);  // the reader begins with it blocked, so that it is the writer's
  std::thread reader([&] {
    std::array<char, 1000> buffer{};
    for (ssize_t n = 0; (n = ::read(from.get(), buffer.data(), buffer.size())) > 0;) {
      seen.append(buffer.data(), static_cast<std::size_t>(n));
    }
  });
  ::pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
  {
    const ManySignals signals;
    SystemFiles files;
    EXPECT_TRUE(files.write(to.get(), std::as_bytes(std::span(text))));
  }
  to.reset();
  reader.join();
  EXPECT_EQ(seen.size(), text.size());
}

TEST(Files, WhatAWriteHasNoRoomForIsAnErrorAlthoughAPartWasWritten) {
  const TemporaryDirectory directory;
  SystemFiles files;
  const auto file = files.create(directory.path() / "a", 0644);
  ASSERT_TRUE(file);
  const std::string text(1500, 'x');
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1000, before.rlim_max};
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto written = files.write(file->get(), std::as_bytes(std::span(text)));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, ignored);
  EXPECT_FALSE(written);
  EXPECT_EQ(contents(directory.path() / "a").size(), 1000U) << "a short write, and then the error";
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
