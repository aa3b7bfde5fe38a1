#include "daemon/run/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_target.h"
#include "tests/support/temporary_directory.h"

namespace dropload::run {
namespace {

namespace asio = boost::asio;
using queue::Store;
using queue::Submission;
using queue::SubmissionId;
using queue::SubmissionState;
using test::FakeClock;
using test::FakeTarget;
using test::TemporaryDirectory;
using testing::ElementsAre;
using testing::HasSubstr;

// A runner over a real store and spool, a target that answers what the test prepared, and a clock that only the test
// moves.
class RunnerTest : public testing::Test {
 protected:
  RunnerTest() {
    store_ = std::make_unique<queue::StoreThread>(Store::open(directory_.path() / "queue.db").value());
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
    context_->settings.archive = directory_.path() / "archive";
    context_->organizations["acme"] = {{"acme", 5, {}}, target_, {}};
    add_route("append", zoho::ImportType::append);
    add_route("replace", zoho::ImportType::truncateadd);
    runner_ = std::make_unique<Runner>(*context_, io_.get_executor());
  }

  ~RunnerTest() override { run_until_done(stop_runner(Milliseconds{0})); }

  void add_route(const std::string& name, zoho::ImportType type) {
    queue::Route route;
    route.name = name;
    route.organization = "acme";
    route.workspace = "Main";
    route.options.import_type = type;
    route.max_attempts = 3;
    context_->routes[name] = route;
  }

  SubmissionId submit(const std::string& table, const std::string& route = "append") {
    queue::NewSubmission added;
    added.id = store_->reserve_id();
    added.route = route;
    added.table = {"acme", "Main", table};
    added.file_name = table + ".csv";
    added.size = 4;
    added.sha256 = std::string(64, 'a');
    added.accepted_at = clock_.now();
    EXPECT_TRUE(spool_->make_entry(added.id));
    directory_.write("spool/" + std::to_string(added.id) + "/data", "a,b\n");
    queue::Sidecar sidecar;
    sidecar.submission = added;
    EXPECT_TRUE(spool_->write_sidecar(sidecar));
    EXPECT_TRUE(store_->run_blocking([added](Store& store) { return store.accept(added); }));
    return added.id;
  }

  Submission find(SubmissionId id) {
    return store_->run_blocking([id](Store& store) { return store.find(id); }).value();
  }
  std::vector<queue::Job> jobs_of(SubmissionId id) {
    return store_->run_blocking([id](Store& store) { return store.jobs_of(id); }).value();
  }

  void start() { group_.spawn("runner", runner_->run()); }

  // Lets the loop run until the condition holds; fails the test when it does not within a long time.
  void run_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "it never happened";
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(20));
    }
  }
  void run_until_state(SubmissionId id, SubmissionState state) {
    run_until([&] { return find(id).state == state; });
  }
  // Moves the clock and has the runner look again.
  void pass(Milliseconds time) {
    clock_.advance(time);
    runner_->wake();
  }

  http::Awaitable<void> stop_runner(Milliseconds grace) {
    co_await runner_->stop(grace);
    co_await group_.join();
  }
  http::Awaitable<void> recover_runner() {
    const auto recovered = co_await runner_->recover();
    EXPECT_TRUE(recovered);
  }
  void run_until_done(http::Awaitable<void> task) {
    bool done = false;
    asio::co_spawn(io_, std::move(task), [&](std::exception_ptr e) {
      EXPECT_FALSE(e);
      done = true;
    });
    run_until([&] { return done; });
  }

  TemporaryDirectory directory_;
  SystemFiles files_;
  FakeClock clock_;
  SystemRandom random_;
  asio::io_context io_;
  asio::thread_pool pool_{1};
  std::shared_ptr<FakeTarget> target_ = std::make_shared<FakeTarget>();
  std::unique_ptr<queue::StoreThread> store_;
  std::unique_ptr<queue::Spool> spool_;
  std::unique_ptr<Context> context_;
  std::unique_ptr<Runner> runner_;
  http::TaskGroup group_{io_.get_executor()};
};

TEST_F(RunnerTest, ASubmissionIsSentPolledDoneAndItsOriginalPutAway) {
  const auto id = submit("sales");
  start();
  run_until_state(id, SubmissionState::importing);
  run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::running; });
  pass(context_->settings.outcome.first_poll);
  run_until([&] { return find(id).retired_to.has_value(); });
  const auto done = find(id);
  EXPECT_EQ(done.state, SubmissionState::done);
  EXPECT_EQ(done.rows.value().success, 10);
  EXPECT_EQ(test::contents(*done.retired_to), "a,b\n");
  EXPECT_EQ(jobs_of(id)[0].summary, R"({"jobCode":"1004"})");
  run_until([&] { return !std::filesystem::exists(spool_->entry_path(id)); });
}

TEST_F(RunnerTest, NoMoreThanFiveAreSentAtOnceAndTheSixthFollows) {
  target_->hang = true;
  for (int i = 0; i < 7; ++i) submit("t" + std::to_string(i));
  start();
  run_until([&] { return target_->under_way == 5; });
  pass(Milliseconds{1});
  run_until([&, looks = 0]() mutable { return ++looks > 5; });
  EXPECT_EQ(target_->most_under_way, 5);
  EXPECT_EQ(target_->submitted.size(), 5U);
}

TEST_F(RunnerTest, ATableHasOneJobAtATimeInOrderOfArrival) {
  const auto first = submit("sales");
  const auto second = submit("sales");
  start();
  run_until([&] { return !jobs_of(first).empty() && jobs_of(first)[0].state == queue::JobState::running; });
  EXPECT_EQ(find(second).state, SubmissionState::queued);
  pass(context_->settings.outcome.first_poll);
  run_until_state(first, SubmissionState::done);
  run_until_state(second, SubmissionState::importing);
}

TEST_F(RunnerTest, AnOutageSpendsNoAttemptAndCostsOneProbeAtATime) {
  for (int i = 0; i < 5; ++i)
    target_->submit_answers.push_back(target::NeverSent{Error{Errc::connection, "connection refused"}});
  const auto a = submit("a");
  const auto b = submit("b");
  start();
  // Both were in the first plan; from then on the pause holds them back.
  run_until([&] {
    return target_->submitted.size() == 2 && find(a).state == SubmissionState::queued &&
           find(b).state == SubmissionState::queued;
  });
  const auto probes = target_->submitted.size();
  run_until([&, looks = 0]() mutable { return ++looks > 5; });
  EXPECT_EQ(target_->submitted.size(), probes) << "while it is paused nothing is sent";
  target_->submit_answers.clear();
  pass(context_->settings.outcome.backoff.most);
  run_until_state(a, SubmissionState::importing);
  run_until_state(b, SubmissionState::importing);
  EXPECT_EQ(find(a).attempts, 0);
}

TEST_F(RunnerTest, AFailureOfTheServiceIsTriedAgainUntilTheAttemptsAreSpent) {
  for (int i = 0; i < 3; ++i) target_->submit_answers.push_back(target::Refused{{500, 7005, "", "internal"}, {}});
  const auto id = submit("sales");
  start();
  run_until([&] { return find(id).attempts == 1; });
  pass(context_->settings.outcome.backoff.most);
  run_until([&] { return find(id).attempts == 2; });
  pass(context_->settings.outcome.backoff.most);
  run_until([&] { return find(id).retired_to.has_value(); });
  EXPECT_EQ(find(id).state, SubmissionState::failed);
  EXPECT_EQ(find(id).code, 7005);
  EXPECT_THAT(test::contents(*find(id).retired_to + ".error.txt"), HasSubstr("7005"));
}

TEST_F(RunnerTest, AnAppendThatMayHaveLandedIsHeldAndItsSlotToo) {
  target_->submit_answers.push_back(target::MaybeSent{Error{Errc::connection, "the connection broke"}});
  const auto id = submit("sales");
  start();
  run_until_state(id, SubmissionState::held);
  EXPECT_EQ(jobs_of(id)[0].state, queue::JobState::lost);
  EXPECT_TRUE(jobs_of(id)[0].holds_slot_until);
  EXPECT_THAT(find(id).reason, HasSubstr("could double its rows"));
  EXPECT_TRUE(std::filesystem::exists(spool_->data_path(id)));
}

TEST_F(RunnerTest, ATruncateaddThatMayHaveLandedIsSentAgainWhenItsTimeIsOver) {
  target_->submit_answers.push_back(target::MaybeSent{Error{Errc::connection, "the connection broke"}});
  const auto id = submit("sales", "replace");
  start();
  run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::lost; });
  EXPECT_EQ(target_->submitted.size(), 1U);
  pass(context_->settings.outcome.lost_job_wait);
  run_until([&] { return jobs_of(id).size() == 2; });
  EXPECT_EQ(find(id).state, SubmissionState::importing);
}

TEST_F(RunnerTest, AnUploadThatIsStoppedBeforeItsLastPieceIsQueuedAgain) {
  target_->hang_before_last_piece = true;
  const auto id = submit("sales");
  start();
  run_until([&] { return target_->under_way == 1; });
  run_until_done(stop_runner(Milliseconds{0}));
  EXPECT_EQ(find(id).state, SubmissionState::queued);
  EXPECT_EQ(find(id).attempts, 0);
}

TEST_F(RunnerTest, AnAppendThatIsStoppedAfterItsLastPieceIsHeld) {
  target_->hang = true;
  const auto id = submit("sales");
  start();
  run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].whole_sent; });
  run_until_done(stop_runner(Milliseconds{0}));
  EXPECT_EQ(find(id).state, SubmissionState::held);
}

TEST_F(RunnerTest, AfterACrashAnIntentThatWasNotSentWholeIsQueuedAgain) {
  const auto id = submit("sales");
  const auto limits = context_->organizations.at("acme").limits;
  ASSERT_TRUE(store_->run_blocking([&](Store& store) { return store.begin_job(id, limits, {1, 0}, clock_.now()); }));
  run_until_done(recover_runner());
  EXPECT_EQ(find(id).state, SubmissionState::queued);
  start();
  run_until_state(id, SubmissionState::importing);
}

TEST_F(RunnerTest, ASubmissionWhoseRouteIsGoneIsHeldWithAdvice) {
  const auto id = submit("sales", "append");
  context_->routes.erase("append");
  start();
  run_until_state(id, SubmissionState::held);
  EXPECT_THAT(find(id).reason, HasSubstr("route 'append'"));
  EXPECT_THAT(find(id).advice, HasSubstr("dropload release"));
}

TEST_F(RunnerTest, ASubmissionWhoseBytesAreGoneIsHeldAndOthersGoOn) {
  const auto lost = submit("a");
  std::filesystem::remove(spool_->data_path(lost));
  const auto fine = submit("b");
  start();
  run_until_state(lost, SubmissionState::held);
  run_until_state(fine, SubmissionState::importing);
}

TEST_F(RunnerTest, ARefusedTokenIsRepeatedOnceThenTheOrganizationIsPaused) {
  target_->submit_answers = {target::Refused{{401, 8535, "", "bad token"}, {}},
                             target::Refused{{401, 8535, "", "bad token"}, {}}};
  const auto id = submit("sales");
  start();
  run_until([&] {
    return target_->submitted.size() == 2 && target_->under_way == 0 && find(id).state == SubmissionState::queued;
  });
  run_until([&, looks = 0]() mutable { return ++looks > 5; });
  EXPECT_EQ(target_->submitted.size(), 2U);
  EXPECT_EQ(find(id).attempts, 0);
}

TEST_F(RunnerTest, APollThatFindsNobodyIsRepeatedAndTheJobRunsOn) {
  target_->status_answers.push_back(target::NeverSent{Error{Errc::connection, "connection refused"}});
  const auto id = submit("sales");
  start();
  run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::running; });
  pass(context_->settings.outcome.first_poll);
  run_until([&] { return jobs_of(id)[0].failed_polls == 1; });
  EXPECT_EQ(find(id).state, SubmissionState::importing);
  pass(Milliseconds{60'000});
  run_until_state(id, SubmissionState::done);
}

}  // namespace
}  // namespace dropload::run
