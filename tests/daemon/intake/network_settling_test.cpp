#include <atomic>

#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "tests/daemon/intake/watcher_fixture.h"

// How long files rest on a network file system, which this machine has none of: the kernel's word of what a file lies
// on is another one for as long as a test says so.

namespace {

std::atomic<bool> all_lies_on_nfs{false};

int as_told(long result, struct statfs* into) {
  constexpr long nfs = 0x6969;
  if (result == 0 && all_lies_on_nfs) into->f_type = nfs;
  return static_cast<int>(result);
}

}  // namespace

extern "C" int statfs(const char* path, struct statfs* into) noexcept {
  return as_told(::syscall(SYS_statfs, path, into), into);
}
extern "C" int fstatfs(int fd, struct statfs* into) noexcept {
  return as_told(::syscall(SYS_fstatfs, fd, into), into);
}

namespace dropload::intake {
namespace {

struct OnANetwork : WatcherTest {
  OnANetwork() {
    all_lies_on_nfs = true;
    bench.route.drop->stable_for = Milliseconds{2'000};
    bench.route.drop->network_stable_for = Milliseconds{10'000};
    bench.route.drop->poll_every = Milliseconds{1};
  }
  ~OnANetwork() override { all_lies_on_nfs = false; }

  // The watcher has found so many that it waits for. Its polls need some time to pass, a little of it.
  bool run_until_arriving(std::uint64_t count) {
    return run_until([&] {
      frozen.advance(Milliseconds{1});
      return standing.arriving == count;
    });
  }
};

TEST_F(OnANetwork, AFileRestsForNetworkStableForThoughNobodyHereHasItOpen) {
  bench.directory.write("drop/a.csv", "x");
  start(frozen);
  ASSERT_TRUE(run_until_arriving(1));
  EXPECT_EQ(standing.attention, Attention::polled);
  EXPECT_NE(standing.reason.find("NFS"), std::string::npos) << standing.reason;
  frozen.advance(Milliseconds{8'000});
  bench.directory.write("drop/b.csv", "x");
  ASSERT_TRUE(run_until_arriving(2)) << "stable_for is over, and a.csv still waits";
  frozen.advance(Milliseconds{2'000});
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  frozen.advance(Milliseconds{8'000});
  EXPECT_TRUE(run_until_taken({"a.csv", "b.csv"}));
}

TEST_F(OnANetwork, WhatAFileSaysOfItsTimeNeitherDelaysNorHastensIt) {
  for (const auto& [name, mtime] : {std::pair{"epoch.csv", 0}, {"future.csv", 4'000'000'000}, {"past.csv", 1}}) {
    bench.directory.write(std::filesystem::path("drop") / name, "x");
    set_mtime(name, mtime);
  }
  start(frozen);
  ASSERT_TRUE(run_until_arriving(3));
  frozen.advance(Milliseconds{8'000});
  bench.directory.write("drop/other.csv", "x");
  ASSERT_TRUE(run_until_arriving(4));
  EXPECT_TRUE(taken().empty());
  frozen.advance(Milliseconds{2'000});
  ASSERT_TRUE(run_until([this] { return taken().size() == 3; }));
}

TEST_F(OnANetwork, ATimeThatJumpsFarAheadTakesNothingThatHasChangedSince) {
  bench.directory.write("drop/a.csv", "x");
  start(frozen);
  ASSERT_TRUE(run_until_arriving(1));
  bench.directory.write("drop/a.csv", "longer than before");
  frozen.advance(std::chrono::hours(24 * 365));
  bench.directory.write("drop/b.csv", "x");
  ASSERT_TRUE(run_until_arriving(2));
  EXPECT_TRUE(taken().empty());
}

}  // namespace
}  // namespace dropload::intake
