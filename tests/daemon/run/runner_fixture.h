#pragma once

// A runner over a real store and spool, a target that answers what the test prepared, and a clock that only the test
// moves.

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "daemon/run/runner.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_target.h"
#include "tests/support/temporary_directory.h"

namespace dropload::run {

namespace asio = boost::asio;
using queue::Store;
using queue::Submission;
using queue::SubmissionId;
using queue::SubmissionState;
using test::FakeClock;
using test::FakeTarget;
using testing::HasSubstr;

// The system's files; `opening` is called whenever one is opened to be read, `moving` before one is moved (in the
// pool).
class HookedFiles final : public SystemFiles {
 public:
  std::function<void()> opening, moving;
  Result<UniqueFd> open_for_reading(const std::filesystem::path& path) override {
    if (opening) opening();
    return SystemFiles::open_for_reading(path);
  }
  Result<void> rename_new(const std::filesystem::path& from, const std::filesystem::path& to) override {
    if (moving) moving();
    return SystemFiles::rename_new(from, to);
  }
};

class RunnerTest : public testing::Test {
 protected:
  RunnerTest() {
    auto store = Store::open(directory_.path() / "queue.db").value();
    sqlite3_busy_handler(store->database().raw().getHandle(), &RunnerTest::on_busy, this);
    store_ = std::make_unique<queue::StoreThread>(std::move(store));
    spool_ = std::make_unique<queue::Spool>(queue::Spool::open(directory_.path() / "spool", files_).value());
    context_ = std::make_unique<Context>(Context{.store = *store_,
                                                 .spool = *spool_,
                                                 .files = files_,
                                                 .clock = clock_,
                                                 .random = random_,
                                                 .pool = pool_,
                                                 .organizations = {},
                                                 .routes = {},
                                                 .settings = {}});
    context_->settings.storage_retry = Milliseconds{1};
    context_->settings.archive = directory_.path() / "archive";
    context_->organizations["acme"] = {{"acme", 5, {}}, target_, {}};
    add_route("append", zoho::ImportType::append);
    add_route("replace", zoho::ImportType::truncateadd);
    runner_ = std::make_unique<Runner>(*context_, io_.get_executor());
  }

  ~RunnerTest() override {
    unlock_queue();
    run_until_done(stop_runner(Milliseconds{0}));
  }

  // Another program holds the queue's file: everything that is asked of the store fails at once.
  void lock_queue() {
    tries_while_locked_ = 0;
    other_.exec("BEGIN IMMEDIATE");
    locked_ = true;
  }
  void unlock_queue() {
    if (std::exchange(locked_, false)) other_.exec("ROLLBACK");
  }
  static int on_busy(void* self, int) {
    ++static_cast<RunnerTest*>(self)->tries_while_locked_;
    return 0;
  }
  // From now on no job can be ended.
  void break_ends_of_jobs() {
    other_.exec("CREATE TRIGGER broken BEFORE UPDATE OF state ON job BEGIN INSERT INTO no_such_table VALUES (1); END");
  }
  void mend_ends_of_jobs() { other_.exec("DROP TRIGGER broken"); }

  void add_route(const std::string& name, zoho::ImportType type) {
    queue::Route route;
    route.name = name;
    route.organization = "acme";
    route.workspace = "Main";
    route.options.import_type = type;
    route.max_attempts = 3;
    context_->routes[name] = route;
  }

  queue::NewSubmission submission_of(const std::string& table, const std::string& route) {
    queue::NewSubmission added;
    added.id = store_->reserve_id();
    added.route = route;
    added.table = {"acme", "Main", table};
    added.file_name = table + ".csv";
    added.sha256 = std::string(64, 'a');
    added.accepted_at = clock_.now();
    return added;
  }
  // As intake accepts it.
  SubmissionId accept(queue::NewSubmission added, const std::string& text) {
    added.size = text.size();
    EXPECT_TRUE(spool_->make_entry(added.id));
    directory_.write("spool/" + std::to_string(added.id) + "/data", text);
    queue::Sidecar sidecar;
    sidecar.submission = added;
    EXPECT_TRUE(spool_->write_sidecar(sidecar));
    EXPECT_TRUE(store_->run_blocking([added](Store& store) { return store.accept(added); }));
    return added.id;
  }
  SubmissionId submit(const std::string& table, const std::string& route = "append", bool parallel = false) {
    auto added = submission_of(table, route);
    added.parallel = parallel;
    return accept(std::move(added), "a,b\n");
  }

  Submission find(SubmissionId id) {
    return store_->run_blocking([id](Store& store) { return store.find(id); }).value();
  }
  std::vector<queue::Job> jobs_of(SubmissionId id) {
    return store_->run_blocking([id](Store& store) { return store.jobs_of(id); }).value();
  }

  void start() { runner_->start(); }

  // Lets the loop run until the condition holds; ends the test when it does not within a long time, since what comes
  // behind it relies on it.
  void run_until(const std::function<bool()>& condition) {
    if (!ran_until(condition)) throw std::runtime_error("it never happened");
  }
  bool ran_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(20));
    }
    return true;
  }
  void run_until_state(SubmissionId id, SubmissionState state) {
    run_until([&] { return find(id).state == state; });
  }
  // Moves the clock and has the runner look again.
  void pass(Milliseconds time) {
    clock_.advance(time);
    runner_->wake();
  }

  http::Awaitable<void> stop_runner(Milliseconds grace) { co_await runner_->stop(grace); }
  http::Awaitable<void> recover_runner() {
    const auto recovered = co_await runner_->recover();
    recovered_ = recovered.has_value();
  }
  void run_until_done(http::Awaitable<void> task) {
    bool done = false;
    asio::co_spawn(io_, std::move(task), [&](std::exception_ptr e) {
      EXPECT_FALSE(e);
      done = true;
    });
    EXPECT_TRUE(ran_until([&] { return done; }));
  }

  test::TemporaryDirectory directory_;
  HookedFiles files_;
  FakeClock clock_;
  SystemRandom random_;
  asio::io_context io_;
  asio::thread_pool pool_{1};
  std::shared_ptr<FakeTarget> target_ = std::make_shared<FakeTarget>();
  std::unique_ptr<queue::StoreThread> store_;
  SQLite::Database other_{(directory_.path() / "queue.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                          5'000};
  bool locked_ = false;
  bool recovered_ = false;
  std::atomic<int> tries_while_locked_ = 0;
  std::unique_ptr<queue::Spool> spool_;
  std::unique_ptr<Context> context_;
  std::unique_ptr<Runner> runner_;
};

}  // namespace dropload::run
