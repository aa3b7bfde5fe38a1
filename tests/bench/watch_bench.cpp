// What it costs to look through a drop directory: 100,000 files at once, and 10,000 directories that are watched.

#include <fstream>

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <boost/asio/io_context.hpp>

#include "daemon/intake/inotify.h"
#include "daemon/intake/looking.h"
#include "daemon/intake/scan.h"
#include "tests/support/temporary_directory.h"

namespace dropload::intake {
namespace {

queue::Route route_over(const std::filesystem::path& directory) {
  queue::Route route;
  route.drop.emplace();
  route.drop->directory = directory.string();
  route.drop->recursive = true;
  return route;
}

void fill(const std::filesystem::path& directory, std::int64_t files, const char* extension) {
  for (std::int64_t i = 0; i < files; ++i)
    std::ofstream(directory / fmt::format("export_of_the_night_{:07}.{}", i, extension)) << "x";
}

double peak_megabytes() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void scan_files(benchmark::State& state, const char* extension) {
  const test::TemporaryDirectory directory;
  fill(directory.path(), state.range(0), extension);
  const auto route = route_over(directory.path());
  for (auto _ : state) benchmark::DoNotOptimize(scan(route, nullptr, ""));
  state.counters["peak_MB"] = peak_megabytes();
}

void look_at_files(benchmark::State& state) {
  const test::TemporaryDirectory directory;
  fill(directory.path(), state.range(0), "csv");
  const auto route = route_over(directory.path());
  const auto files = scan(route, nullptr, "").files;
  for (auto _ : state) benchmark::DoNotOptimize(look_at_all(*route.drop, files));
  state.counters["peak_MB"] = peak_megabytes();
}

void watch_directories(benchmark::State& state) {
  const test::TemporaryDirectory directory;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    std::filesystem::create_directories(directory.path() / fmt::format("{:02}/{:04}", i % 100, i / 100));
  const auto route = route_over(directory.path());
  boost::asio::io_context context;
  for (auto _ : state) {
    const auto events = Inotify::open(context.get_executor()).value();
    const auto scanned = scan(route, events.get(), "");
    state.counters["directories"] = static_cast<double>(scanned.directories);
    state.counters["unwatched"] = static_cast<double>(scanned.unwatched.size());
  }
}

BENCHMARK_CAPTURE(scan_files, ignored, "part")->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(scan_files, to_be_taken, "csv")->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(look_at_files)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(watch_directories)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dropload::intake
