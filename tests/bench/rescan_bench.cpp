// A rescan of a drop directory in which nothing is new, as the watcher does it: all of what it does between two waits.

#include <algorithm>
#include <chrono>
#include <fstream>
#include <vector>

#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <spdlog/spdlog.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "common/http/task_group.h"
#include "daemon/intake/drop_watcher.h"
#include "daemon/intake/inotify.h"
#include "daemon/queue/left_files.h"
#include "tests/support/temporary_directory.h"

namespace dropload::intake {
namespace {

using Monotonic = std::chrono::steady_clock;

// Inotify, and when the drop directory itself was watched anew: that begins a rescan.
class Counted : public Events {
 public:
  Counted(std::unique_ptr<Events> events, std::vector<Monotonic::time_point>& begun)
      : events_(std::move(events)), begun_(begun) {}
  Result<void> watch(const std::filesystem::path& path, const std::string& name) override {
    if (name.empty()) begun_.push_back(Monotonic::now());
    return events_->watch(path, name);
  }
  http::Awaitable<void> readable() override { return events_->readable(); }
  Changes read() override { return events_->read(); }

 private:
  std::unique_ptr<Events> events_;
  std::vector<Monotonic::time_point>& begun_;
};

enum class Known { ignored, left };

struct World {
  test::TemporaryDirectory directory;
  SystemFiles files;
  SystemClock clock;
  boost::asio::io_context context;
  boost::asio::thread_pool pool{2};
  queue::StoreThread store{queue::Store::open(directory.path() / "queue.db").value()};
  queue::Spool spool = queue::Spool::open(directory.path() / "spool", files).value();
  Intake intake{{store, spool, files, clock, pool, [] {}}};
  queue::Route route;

  World(std::int64_t count, Known known) {
    const auto drop = directory.path() / "drop";
    std::filesystem::create_directories(drop);
    route.name = "bench";
    route.table = "t";
    route.leave_when_done = known == Known::left;
    route.drop.emplace();
    route.drop->directory = drop.string();
    route.drop->rescan_every = Milliseconds{0};
    for (std::int64_t i = 0; i < count; ++i) {
      const auto* const ending = known == Known::left ? "csv" : "part";
      std::ofstream(drop / fmt::format("export_of_the_night_{:07}.{}", i, ending)) << "x";
    }
    if (known == Known::left) remember_all(drop);
  }
  ~World() { pool.join(); }

  // As if they had all been taken.
  void remember_all(const std::filesystem::path& drop) {
    const auto remember = [&](queue::Store& store_) -> Result<void> {
      for (const auto& entry : std::filesystem::directory_iterator(drop)) {
        struct stat info {};
        ::lstat(entry.path().c_str(), &info);
        const auto time = static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
        struct stat root {};
        ::stat(drop.c_str(), &root);
        const queue::LeftFile file{drop.string(), root.st_ino, info.st_ino, 1, time, "hash", 1};
        if (auto done = queue::remember_left(store_, file); !done) return done;
      }
      return {};
    };
    if (const auto done = store.run_blocking(remember); !done) throw std::runtime_error(done.error().message);
    if (const auto done = intake.recover(); !done) throw std::runtime_error(done.error().message);
  }
};

// Milliseconds from the beginning of each of so many rescans to that of the next, the first one left out.
std::vector<double> rescans(World& world, std::size_t count) {
  std::vector<Monotonic::time_point> begun;
  OpenEvents open = [&begun](http::asio::any_io_executor executor) -> Result<std::unique_ptr<Events>> {
    auto events = Inotify::open(std::move(executor));
    if (!events) return events.error();
    return std::unique_ptr<Events>(std::make_unique<Counted>(std::move(*events), begun));
  };
  http::TaskGroup tasks(world.context.get_executor());
  tasks.spawn("watcher", DropWatcher::run({world.intake, world.clock, world.pool, open, nullptr}, world.route));
  world.context.restart();
  auto work = boost::asio::make_work_guard(world.context);  // while a step runs in the pool there is none
  while (begun.size() < count + 2) world.context.run_one();
  tasks.stop();
  while (tasks.size() > 0) world.context.run_one();
  std::vector<double> took;
  for (std::size_t i = 1; i <= count; ++i)
    took.push_back(std::chrono::duration<double, std::milli>(begun[i + 1] - begun[i]).count());
  return took;
}

// Of all threads, system and user, in milliseconds.
double processor_time() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto milliseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec * 1'000'000 + time.tv_usec) / 1000;
  };
  return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

// The time is the median; on a busy machine cpu_ms tells more, with the scan before the first one spread over all.
void rescan(benchmark::State& state, Known known) {
  constexpr std::size_t at_a_time = 10;
  spdlog::set_level(spdlog::level::warn);
  World world(state.range(0), known);
  double cpu = 0;
  for (auto _ : state) {
    const double before = processor_time();
    auto took = rescans(world, at_a_time);
    cpu += (processor_time() - before) / (at_a_time + 1);
    std::ranges::sort(took);
    state.SetIterationTime(took[at_a_time / 2] / 1000);
    state.counters["least_ms"] = took.front();
  }
  state.counters["cpu_ms"] = cpu / static_cast<double>(state.iterations());
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_MB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}

BENCHMARK_CAPTURE(rescan, left_alone, Known::ignored)->Arg(100'000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(rescan, taken_and_left, Known::left)->Arg(100'000)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dropload::intake
