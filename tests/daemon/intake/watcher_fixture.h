#pragma once

#include <sstream>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>

#include "daemon/intake/drop_watcher.h"
#include "tests/daemon/intake/intake_bench.h"
#include "tests/support/eventually.h"

namespace dropload::intake {

// A running watcher on a real directory and the real clock. The io_context runs only while a test waits.
struct WatcherTest : testing::Test {
  Bench bench;
  SystemClock clock;
  std::unique_ptr<http::TaskGroup> tasks;
  std::ostringstream log_text;
  std::shared_ptr<spdlog::logger> old_logger = spdlog::default_logger();

  Standing standing;
  OpenEvents open_events{};  // inotify
  test::FakeClock frozen;    // outlives the watcher that may look at it

  WatcherTest() : WatcherTest(RoomLimits{}) {}
  explicit WatcherTest(RoomLimits limits) : bench(limits) {
    bench.route.drop->stable_for = Milliseconds{20};
    bench.route.drop->rescan_every = Milliseconds{3'600'000};
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_text)));
  }
  ~WatcherTest() override {
    stop();
    spdlog::set_default_logger(old_logger);
  }

  void start(const Clock& watched_by) {
    tasks = std::make_unique<http::TaskGroup>(bench.context.get_executor());
    tasks->spawn("watcher",
                 DropWatcher::run({bench.intake, watched_by, bench.pool, open_events, &standing}, bench.route));
  }
  void start() { start(clock); }
  // Runs until the watcher has armed its watches and taken what lay there.
  void start_and_take_one() {
    bench.directory.write("drop/first.csv", "x");
    start();
    ASSERT_TRUE(run_until_taken({"first.csv"}));
  }
  void stop() {
    if (!tasks) return;
    // A task that has not begun cannot be told to stop, so it is told again. On the context's thread: from elsewhere
    // Asio posts the word, which then may come to a task that has ended meanwhile.
    ASSERT_TRUE(run_until([this] {
      boost::asio::post(bench.context, [this] { tasks->stop(); });
      return tasks->size() == 0;
    }));
    // What is left of these posts must not outlive the group.
    bench.context.restart();
    bench.context.run();
    tasks.reset();
  }

  template <typename Condition>
  bool run_until(Condition condition) {
    return test::eventually([&] {
      if (condition()) return true;
      bench.context.restart();
      bench.context.run_for(std::chrono::milliseconds(5));
      return condition();
    });
  }
  // std::vector<std::string> of accepted files in order of their ids.
  std::vector<std::string> taken() {
    std::vector<std::string> names;
    for (const auto& submission : bench.submissions()) names.insert(names.begin(), submission.file_name);
    return names;
  }
  bool run_until_taken(const std::vector<std::string>& names) {
    return run_until([&] { return taken() == names; });
  }
  std::size_t logged(const std::string& text) const {
    std::size_t count = 0;
    const std::string all = log_text.str();
    for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++count;
    return count;
  }
  void set_mtime(const std::string& name, std::int64_t seconds) const {
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (bench.drop() / name).c_str(), times, 0), 0);
  }
};

}  // namespace dropload::intake
