#include <fstream>

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "tests/daemon/intake/deaf_events.h"
#include "tests/daemon/intake/watcher_fixture.h"

// What a drop directory goes through, told by events and found by polling: the same must come of it.

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using test::contents;
using Names = std::vector<std::string>;

enum class Watcher { events = 1, polling, polling_below };

struct BothWatchers : WatcherTest, testing::WithParamInterface<Watcher> {
  BothWatchers() {
    bench.route.drop->recursive = true;
    bench.route.drop->poll_every = Milliseconds{5};
    if (GetParam() == Watcher::polling) open_events = no_instance();
    if (GetParam() == Watcher::polling_below) open_events = few_watches(0);
  }
  // Its way does not depend on what was there before.
  void move_in(const std::string& name, const std::string& bytes) {
    fs::rename(bench.directory.write("elsewhere", bytes), bench.drop() / name);
  }
  std::string bytes_of_the_last() { return contents(bench.spool.data_path(bench.submissions().front().id)); }
};

TEST_P(BothWatchers, AFileThatIsWrittenMovedInOrLinkedIsTakenOnce) {
  start_and_take_one();
  bench.directory.write("drop/written.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "written.csv"}));
  move_in("moved.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "written.csv", "moved.csv"}));
  fs::create_hard_link(bench.directory.write("c", "x"), bench.drop() / "linked.csv");
  ASSERT_TRUE(run_until_taken({"first.csv", "written.csv", "moved.csv", "linked.csv"}));
  EXPECT_EQ(contents(bench.directory.path() / "c"), "x") << "the other name of a linked file stays";
}

// Each burst is an event of its own: paperless-ngx queues a file two to four times for that.
TEST_P(BothWatchers, AFileThatIsWrittenInBurstsIsOneSubmissionWithAllOfIt) {
  start_and_take_one();
  std::ofstream keeps_it_open(bench.drop() / "a.csv", std::ios::app);
  std::string all;
  for (int burst = 0; burst < 20; ++burst) {
    std::ofstream(bench.drop() / "a.csv", std::ios::app) << burst << "\n";
    all += fmt::format("{}\n", burst);
    bench.context.restart();
    bench.context.run_for(std::chrono::milliseconds(2));
  }
  EXPECT_EQ(taken(), Names{"first.csv"});
  keeps_it_open.close();
  ASSERT_TRUE(run_until_taken({"first.csv", "a.csv"}));
  EXPECT_EQ(bytes_of_the_last(), all);
}

TEST_P(BothWatchers, AFileThatIsWrittenThroughAMappingIsTakenWhenThatIsGone) {
  start_and_take_one();
  const auto path = bench.directory.write("drop/mapped.csv", "....");
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  auto* mapping = static_cast<char*>(::mmap(nullptr, 4, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0));
  ASSERT_NE(mapping, MAP_FAILED);
  file.reset();
  bench.directory.write("drop/other.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "other.csv"}));
  std::copy_n("full", 4, mapping);
  ::munmap(mapping, 4);
  bench.directory.write("drop/wakes.csv", "x");
  ASSERT_TRUE(run_until([this] { return taken().size() == 4; }));
  EXPECT_TRUE(bench.dropped().empty());
}

TEST_P(BothWatchers, AFileOfTheSameNameIsTakenEachTimeWithItsOwnBytes) {
  start_and_take_one();
  for (int i = 2; i <= 4; ++i) {
    move_in("first.csv", std::to_string(i));
    ASSERT_TRUE(run_until_taken(Names(static_cast<std::size_t>(i), "first.csv")));
    EXPECT_EQ(bytes_of_the_last(), std::to_string(i));
  }
}

TEST_P(BothWatchers, ATemporaryNameIsLeftAloneUntilItIsRenamed) {
  start_and_take_one();
  for (const auto* name : {"a.csv.part", "b.csv.crdownload", ".c.csv.Xy12ab"})
    bench.directory.write(fs::path("drop") / name, "x");
  bench.directory.write("drop/other.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "other.csv"}));
  EXPECT_EQ(bench.dropped().size(), 3U);
  fs::rename(bench.drop() / "a.csv.part", bench.drop() / "a.csv");
  ASSERT_TRUE(run_until_taken({"first.csv", "other.csv", "a.csv"}));
  fs::rename(bench.drop() / ".c.csv.Xy12ab", bench.drop() / "c.csv");
  EXPECT_TRUE(run_until_taken({"first.csv", "other.csv", "a.csv", "c.csv"}));
}

TEST_P(BothWatchers, HowOldAFileIsByItsTimeDoesNotMatter) {
  start_and_take_one();
  for (const auto& [name, mtime] : {std::pair{"old.csv", 1}, {"future.csv", 4'000'000'000}, {"epoch.csv", 0}}) {
    const auto path = bench.directory.write("elsewhere", "x");
    const timespec times[2] = {{mtime, 0}, {mtime, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    fs::rename(path, bench.drop() / name);
    ASSERT_TRUE(run_until([&, name = name] { return taken().back() == name; })) << name;
  }
}

TEST_P(BothWatchers, ATreeThatIsMovedInOrMadeQuicklyIsTakenWhole) {
  start_and_take_one();
  bench.directory.write("tree/b.csv", "x");
  bench.directory.write("tree/deep/er/c.csv", "x");
  fs::rename(bench.directory.path() / "tree", bench.drop() / "tree");
  bench.directory.write("drop/x/y/z/d.csv", "x");
  ASSERT_TRUE(run_until([this] { return taken().size() == 4; }));
  bench.directory.write("drop/tree/deep/er/e.csv", "x");
  ASSERT_TRUE(run_until([this] { return taken().size() == 5; }));
  fs::rename(bench.drop() / "tree/deep", bench.drop() / "deep");
  bench.directory.write("drop/deep/er/f.csv", "x");
  EXPECT_TRUE(run_until([this] { return taken().size() == 6; })) << "it has another name now";
}

TEST_P(BothWatchers, NamesAreBytes) {
  start_and_take_one();
  const Names names{"a\nb.csv",  "\xff\xfe.csv", std::string(251, 'n') + ".csv",
                    "-rf *.csv", "%s {}.csv",    "\x1b[2J.csv"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    move_in(names[i], "x");
    ASSERT_TRUE(run_until([&] { return taken().size() == i + 2; })) << i;
    EXPECT_EQ(taken().back(), names[i]);
  }
  EXPECT_TRUE(bench.dropped().empty());
  EXPECT_EQ(logged("\x1b"), 0U);
  EXPECT_EQ(logged("\xff"), 0U);
}

TEST_P(BothWatchers, WhatIsNoRegularFileIsNotTakenAndKeepsNobodyWaiting) {
  start_and_take_one();
  ASSERT_EQ(::mkfifo((bench.drop() / "pipe.csv").c_str(), 0600), 0);
  fs::create_symlink(bench.directory.write("secret", "x"), bench.drop() / "link.csv");
  fs::create_directory_symlink("..", bench.drop() / "up");
  if (::mknod((bench.drop() / "device.csv").c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0) {
    ASSERT_TRUE(run_until([this] { return standing.not_taken.first().contains("device.csv"); }));
  }
  bench.directory.write("drop/other.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "other.csv"}));
  ASSERT_TRUE(run_until([this] { return standing.not_taken.first().contains("link.csv"); }));
  EXPECT_EQ(contents(bench.directory.path() / "secret"), "x");
}

TEST_P(BothWatchers, EmptyFilesHaveTheirGraceAndThenFailOneByOne) {
  bench.directory.write("drop/first.csv", "x");
  start(frozen);
  ASSERT_TRUE(run_until_taken({"first.csv"}));
  for (const auto* name : {"a.csv", "b.csv", "filled.csv"}) bench.directory.write(fs::path("drop") / name, "");
  ASSERT_TRUE(run_until([this] {
    frozen.advance(Milliseconds{5});
    return standing.arriving == 3;
  }));
  bench.directory.write("drop/filled.csv", "x");
  ASSERT_TRUE(run_until([this] {
    frozen.advance(Milliseconds{5});
    return taken().size() == 2;
  }));
  EXPECT_EQ(taken().back(), "filled.csv");
  frozen.advance(Milliseconds{10'000});
  bench.directory.write("drop/wakes.csv", "x");
  ASSERT_TRUE(run_until([this] {
    frozen.advance(Milliseconds{5});
    return taken().size() == 5;
  }));
  for (const auto& submission : bench.submissions()) {
    const bool is_empty = submission.file_name == "a.csv" || submission.file_name == "b.csv";
    EXPECT_EQ(submission.state == queue::SubmissionState::failed, is_empty) << submission.file_name;
  }
}

TEST_P(BothWatchers, ADirectoryThatComesAndGoesIsOfflineMeanwhile) {
  bench.route.drop->rescan_every = Milliseconds{20};
  start_and_take_one();
  fs::rename(bench.drop(), bench.directory.path() / "away");
  ASSERT_TRUE(run_until([this] { return standing.attention == Attention::offline; }));
  bench.directory.write("away/second.csv", "x");
  fs::rename(bench.directory.path() / "away", bench.drop());
  ASSERT_TRUE(run_until_taken({"first.csv", "second.csv"}));
  EXPECT_NE(standing.attention, Attention::offline);
}

INSTANTIATE_TEST_SUITE_P(All, BothWatchers, testing::Values(Watcher::events, Watcher::polling, Watcher::polling_below),
                         [](const auto& kind) {
                           switch (kind.param) {
                             case Watcher::events:
                               return "Events";
                             case Watcher::polling:
                               return "Polling";
                             default:
                               return "PollingBelow";
                           }
                         });

}  // namespace
}  // namespace dropload::intake
