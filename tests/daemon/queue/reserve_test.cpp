#include "daemon/queue/store_thread.h"
#include "tests/daemon/queue/queue_fixture.h"
#include "tests/support/fake_clock.h"

// When the queue's reserve is given up and taken back.

namespace dropload::queue {
namespace {

class Reserve : public QueueTest {
 protected:
  Reserve() : file(path().parent_path() / "reserve") {
    thread = std::make_unique<StoreThread>(
        std::move(store), StoreThread::Settings{.reserve = file, .clock = &clock, .reserve_bytes = 4'096});
  }
  void write(std::optional<Errc> fails = {}) {
    (void)thread->run_blocking([fails](Store&) -> Result<void> {
      if (fails) return error(*fails, "no");
      return {};
    });
  }
  [[nodiscard]] bool is_taken() const { return std::filesystem::exists(file) && !thread->short_of_room(); }

  test::FakeClock clock;
  std::filesystem::path file;
  std::unique_ptr<StoreThread> thread;
};

TEST_F(Reserve, IsGivenUpOnAFullDiskAndTakenBackBySomeWorkFiveSecondsLater) {
  EXPECT_TRUE(is_taken());
  write(Errc::no_space);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_TRUE(thread->short_of_room());
  write();
  clock.advance(Milliseconds{4'999});
  write();
  EXPECT_FALSE(std::filesystem::exists(file)) << "what was given up is to serve first";
  clock.advance(Milliseconds{1});
  EXPECT_FALSE(std::filesystem::exists(file)) << "only work looks for it";
  write();
  EXPECT_TRUE(is_taken());
}

TEST_F(Reserve, EachFullDiskPutsItOffAnew) {
  write(Errc::no_space);
  clock.advance(Milliseconds{4'000});
  write(Errc::no_space);
  clock.advance(Milliseconds{4'000});
  write();
  EXPECT_TRUE(thread->short_of_room());
  clock.advance(Milliseconds{1'000});
  write();
  EXPECT_TRUE(is_taken());
}

TEST_F(Reserve, WhatFailsForAnotherReasonLeavesItAlone) {
  write(Errc::stale);
  EXPECT_TRUE(is_taken());
}

}  // namespace
}  // namespace dropload::queue
