// A fault, or a crash, at each step of taking a file.

#include <gtest/gtest.h>

#include "tests/daemon/intake/intake_bench.h"

namespace dropload::intake {
namespace {

using test::contents;
using test::FaultyFiles;

// Where the bytes of the one file are, and how many submissions there are. Hidden names are ours.
struct Whereabouts {
  std::size_t in_drop = 0;
  std::size_t claimed = 0;
  std::size_t in_spool = 0;
  std::size_t rows = 0;
};

Whereabouts whereabouts(Bench& bench) {
  Whereabouts found;
  for (const auto& name : bench.dropped()) ++(name.starts_with(".") ? found.claimed : found.in_drop);
  for (const auto& name : bench.spooled()) found.in_spool += name.ends_with("/data") ? 1 : 0;
  found.rows = bench.submissions().size();
  return found;
}

// Fails one step after the other. After each failure the file is to be had, and after recover() and another try it is
// queued exactly once.
void walk_every_step(bool apart, FaultyFiles::After after, Errc code) {
  for (int n = 1;; ++n) {
    Bench bench;
    if (apart) bench.lie_on_two_file_systems();
    bench.directory.write("drop/a.csv", "id\n1\n");
    bench.files.fail_call(n, code, after);
    const auto first = bench.take("a.csv");
    const bool failed = bench.files.failed();
    bench.files.fail_call(0);
    const auto then = whereabouts(bench);
    EXPECT_GE(then.in_drop + then.claimed + then.in_spool, 1U) << "step " << n << ": the bytes are lost";
    EXPECT_EQ(then.rows, first ? 1U : 0U) << "step " << n;
    EXPECT_FALSE(first && then.in_drop > 0) << "step " << n << ": it would be taken a second time";
    if (!first && after == FaultyFiles::After::go_on) {
      EXPECT_EQ(then.in_drop + then.in_spool + then.claimed, 1U) << "step " << n << ": bytes are in two places";
    }
    const auto recovered = bench.intake.recover();
    ASSERT_TRUE(recovered) << "step " << n << ": " << recovered.error().message;
    if (!bench.dropped().empty()) {
      const auto second = bench.take("a.csv");
      ASSERT_TRUE(second) << "step " << n << ": " << second.error().message;
    }
    const auto end = whereabouts(bench);
    EXPECT_EQ(end.in_drop + end.claimed, 0U) << "step " << n;
    EXPECT_EQ(end.in_spool, 1U) << "step " << n;
    ASSERT_EQ(end.rows, 1U) << "step " << n;
    EXPECT_EQ(contents(bench.spool.data_path(bench.submissions().front().id)), "id\n1\n") << "step " << n;
    if (!failed) {
      EXPECT_TRUE(first);
      EXPECT_GT(n, 10) << "the walk went through the steps";
      return;
    }
  }
}

TEST(Take, AnErrorAtAnyStepLosesNothingAndDoublesNothing) {
  for (const auto code : {Errc::no_space, Errc::io, Errc::permission_denied}) {
    walk_every_step(false, FaultyFiles::After::go_on, code);
  }
}
TEST(Take, ACrashAtAnyStepLosesNothingAndDoublesNothing) {
  walk_every_step(false, FaultyFiles::After::crash, Errc::io);
}
TEST(Take, AnErrorAtAnyStepBetweenFileSystemsLosesNothingAndDoublesNothing) {
  for (const auto code : {Errc::no_space, Errc::io, Errc::permission_denied}) {
    walk_every_step(true, FaultyFiles::After::go_on, code);
  }
}
TEST(Take, ACrashAtAnyStepBetweenFileSystemsLosesNothingAndDoublesNothing) {
  walk_every_step(true, FaultyFiles::After::crash, Errc::io);
}

}  // namespace
}  // namespace dropload::intake
