// How fast the queue takes work in, finds what is next, and gets through it, with nothing, a hundred thousand and a
// million waiting. What the figures mean and how they are made: README.md beside this file.

#include <chrono>
#include <map>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/db/query.h"
#include "common/db/savepoint.h"
#include "daemon/queue/store_thread.h"
#include "tests/support/temporary_directory.h"

namespace dropload::queue {
namespace {

constexpr int organization_count = 10;
constexpr int routes_of_an_organization = 5;
constexpr int tables_of_a_route = 20;
constexpr Time start{1'700'000'000'000};
constexpr zoho::RequestCost cost{.bulk = 1, .metadata = 0};

std::string organization_name(std::int64_t n) {
  return "organization-" + std::to_string(n % organization_count);
}

std::vector<OrganizationLimits> organizations() {
  std::vector<OrganizationLimits> all;
  for (int i = 0; i < organization_count; ++i) all.push_back({.name = organization_name(i)});
  return all;
}

// As long as a real one: names and paths of the usual length.
NewSubmission numbered(SubmissionId id) {
  const auto route = id / organization_count % routes_of_an_organization;
  const auto table = id / (organization_count * routes_of_an_organization) % tables_of_a_route;
  NewSubmission s;
  s.id = id;
  s.route = fmt::format("{}-route-{}", organization_name(id), route);
  s.table = {organization_name(id), "Sales reports", fmt::format("Orders {} {}", route, table)};
  s.file_name = fmt::format("orders_2026-11-23_{:07}.csv", id);
  s.drop_directory = "/srv/drop/orders";
  s.size = 250'000;
  s.sha256 = std::string(64, 'a');
  s.accepted_at = start;
  return s;
}

std::unique_ptr<Store> open_in(const test::TemporaryDirectory& directory) {
  return Store::open(directory.path() / "queue.db").value();
}

// A queue with so many waiting. Made once for each number; the benchmarks put back what they take, or take little of
// it.
class FilledQueue {
 public:
  static FilledQueue& with(std::int64_t waiting) {
    static std::map<std::int64_t, std::unique_ptr<FilledQueue>> all;
    auto& queue = all[waiting];
    if (!queue) queue.reset(new FilledQueue(waiting));
    return *queue;
  }

  Store& store() { return *store_; }
  [[nodiscard]] double bytes_each() const { return bytes_each_; }

 private:
  explicit FilledQueue(std::int64_t waiting) : store_(open_in(directory_)) {
    auto& database = store_->database();
    constexpr std::int64_t at_once = 10'000;
    for (std::int64_t done = 0; done < waiting; done += at_once) {
      db::Savepoint savepoint(database);
      for (std::int64_t i = 0; i < at_once; ++i) {
        if (!store_->accept(numbered(store_->reserve_id()))) throw std::runtime_error("cannot fill the queue");
      }
      savepoint.release();
    }
    database.raw().exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const auto size = std::filesystem::file_size(directory_.path() / "queue.db");
    if (waiting > 0) bytes_each_ = static_cast<double>(size) / static_cast<double>(waiting);
  }

  test::TemporaryDirectory directory_;
  std::unique_ptr<Store> store_;
  double bytes_each_ = 0;
};

// What the disk can do at most: one page written over, and made durable.
void raw_overwrite_and_sync(benchmark::State& state) {
  const test::TemporaryDirectory directory;
  constexpr off_t size = 16 * 1024 * 1024;
  const std::string page(4096, 'x');
  const int fd = ::open((directory.path() / "raw").c_str(), O_RDWR | O_CREAT, 0600);
  for (off_t at = 0; at < size; at += 4096) benchmark::DoNotOptimize(::pwrite(fd, page.data(), page.size(), at));
  ::fsync(fd);
  off_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(::pwrite(fd, page.data(), page.size(), at));
    ::fdatasync(fd);
    at = (at + 4096) % size;
  }
  ::close(fd);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(raw_overwrite_and_sync)->UseRealTime();

// Producers that block until their submission is durable.
void accept(benchmark::State& state) {
  static std::unique_ptr<test::TemporaryDirectory> directory;
  static std::unique_ptr<StoreThread> thread;
  if (state.thread_index() == 0) {
    directory = std::make_unique<test::TemporaryDirectory>();
    thread = std::make_unique<StoreThread>(open_in(*directory));
  }
  for (auto _ : state) {
    const auto id = thread->reserve_id();
    if (!thread->run_blocking([id](Store& store) { return store.accept(numbered(id)); }))
      state.SkipWithError("refused");
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) thread.reset();
}
BENCHMARK(accept)->UseRealTime()->Threads(1)->Threads(8)->Threads(32);

// Snapshot of all organizations and the intent of one job, without the commit: the part that could depend on how many
// wait.
void claim(benchmark::State& state) {
  auto& queue = FilledQueue::with(state.range(0));
  auto& store = queue.store();
  const auto limits = organizations();
  for (auto _ : state) {
    db::Savepoint undone(store.database());
    const auto began = std::chrono::steady_clock::now();
    const auto seen = store.snapshot(limits, start).value();
    for (std::size_t i = 0; i < limits.size(); ++i) {
      if (seen.organizations[i].ready.empty()) continue;
      if (!store.begin_job(seen.organizations[i].ready.front().submission, limits[i], cost, start))
        state.SkipWithError("refused");
      break;
    }
    state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  state.counters["bytes_each"] = queue.bytes_each();
}
BENCHMARK(claim)->UseManualTime()->Arg(0)->Arg(100'000)->Arg(1'000'000);

// A job from its claim to its end, each of the two durable.
void claim_and_complete(benchmark::State& state) {
  auto& store = FilledQueue::with(state.range(0)).store();
  const auto limits = organizations();
  Time now = start;
  std::size_t turn = 0;
  for (auto _ : state) {
    // Far enough apart for the request budget.
    now = now + Milliseconds(2'000);
    const auto& organization = limits[turn++ % limits.size()];
    const auto seen = store.snapshot({organization}, now).value();
    const auto job =
        store.begin_job(seen.organizations.front().ready.front().submission, organization, cost, now).value().id;
    db::Savepoint end(store.database());
    const bool done = store.job_accepted(job, "1", "1767024000007656011", now, now) &&
                      store.job_succeeded(job, {10, 10, 0}, "", "{}", now);
    if (!done) state.SkipWithError("refused");
    end.release();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(claim_and_complete)->UseRealTime()->Arg(100'000)->Arg(1'000'000);

}  // namespace
}  // namespace dropload::queue

BENCHMARK_MAIN();
