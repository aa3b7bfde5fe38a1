#include "daemon/queue/store_thread.h"

#include <future>
#include <thread>

#include <sqlite3.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "common/db/query.h"
#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

namespace asio = boost::asio;
using Answers = std::vector<Result<Submission>>;

NewSubmission numbered(SubmissionId id) {
  NewSubmission s;
  s.id = id;
  s.route = "sales";
  s.table = {"main", "Demo", "T" + std::to_string(id % 7)};
  s.file_name = "orders.csv";
  s.sha256 = std::string(64, 'a');
  s.accepted_at = start;
  return s;
}

class StoreThreadTest : public QueueTest {
 protected:
  StoreThreadTest() {
    handle = store->database().raw().getHandle();
    sqlite3_commit_hook(handle, &StoreThreadTest::on_commit, this);
  }

  static int on_commit(void* self) {
    auto& test = *static_cast<StoreThreadTest*>(self);
    ++test.commits;
    return test.commits_fail ? 1 : 0;
  }

  void make_thread(StoreThread::Settings settings = {}) {
    thread = std::make_unique<StoreThread>(std::move(store), settings);
  }

  // The thread is busy with a piece from when this returns until let_go(): what is asked for meanwhile is one group,
  // after the commit of the piece that kept it busy.
  void keep_busy() {
    std::promise<void> began;
    auto has_begun = began.get_future();
    busy = std::thread([this, began = std::move(began)]() mutable {
      busy_answer = thread->run_blocking([&](Store&) -> Result<void> {
        began.set_value();
        gate.get_future().wait();
        return {};
      });
    });
    has_begun.wait();
  }
  void let_go() {
    gate.set_value();
    busy.join();
  }

  static asio::awaitable<void> accept_one(StoreThread& on, SubmissionId id, Answers& answers) {
    auto answer = co_await on.run([id](Store& s) { return s.accept(numbered(id)); });
    answers.push_back(std::move(answer));
  }
  // The piece is in the line when this returns.
  void ask_for(SubmissionId id) {
    asio::co_spawn(io, accept_one(*thread, id, answers), asio::detached);
    io.restart();
    io.poll();
  }
  void gather_answers() {
    io.restart();
    io.run();
  }

  static bool is_committed(const std::filesystem::path& file, SubmissionId id) {
    const auto database = db::Database::open(file, {.read_only = true}).value();
    db::Query query(*database, "SELECT 1 FROM submission WHERE id = ?", id);
    return query.step();
  }

  sqlite3* handle = nullptr;
  std::atomic<int> commits{0};
  std::atomic<bool> commits_fail{false};
  asio::io_context io;
  Answers answers;
  std::unique_ptr<StoreThread> thread;
  std::promise<void> gate;
  std::thread busy;
  Result<void> busy_answer;
};

TEST_F(StoreThreadTest, WhatIsAnsweredIsDurableHoweverManyAsk) {
  make_thread();
  std::vector<std::thread> producers;
  for (int p = 0; p < 8; ++p) {
    producers.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        const auto id = thread->reserve_id();
        const auto answer = thread->run_blocking([id](Store& s) { return s.accept(numbered(id)); });
        ASSERT_TRUE(answer);
        EXPECT_TRUE(is_committed(path(), id));
      }
    });
  }
  for (auto& producer : producers) producer.join();
  // What a crash now would leave: the file and its log, without the owner's memory of them.
  const test::TemporaryDirectory crashed;
  for (const std::string suffix : {"", "-wal"}) {
    std::filesystem::copy_file(path().string() + suffix, crashed.path() / ("queue.db" + suffix));
  }
  const auto reopened = Store::open(crashed.path() / "queue.db").value();
  EXPECT_EQ(reopened->ids_in_spool().value().size(), 80U);
}

TEST_F(StoreThreadTest, AllThatWaitsIsOneCommit) {
  make_thread();
  keep_busy();
  for (SubmissionId id = 1; id <= 20; ++id) ask_for(id);
  const int before = commits;
  let_go();
  gather_answers();
  ASSERT_EQ(answers.size(), 20U);
  for (const auto& answer : answers) EXPECT_TRUE(answer);
  EXPECT_EQ(commits - before, 1 + 1);
}

TEST_F(StoreThreadTest, AGroupHasItsLimit) {
  make_thread({.max_waiting = 100, .max_group = 5});
  keep_busy();
  for (SubmissionId id = 1; id <= 20; ++id) ask_for(id);
  const int before = commits;
  let_go();
  gather_answers();
  EXPECT_EQ(commits - before, 1 + 4);
}

asio::awaitable<void> accept_and_fail(StoreThread& on, SubmissionId id, std::vector<Error>& errors) {
  const auto failed = co_await on.run([id](Store& s) -> Result<void> {
    if (auto accepted = s.accept(numbered(id)); !accepted) return accepted.error();
    return error(Errc::invalid_argument, "on second thoughts, no");
  });
  errors.push_back(failed.error());
}

asio::awaitable<void> accept_and_throw(StoreThread& on, SubmissionId id, std::vector<Error>& errors) {
  const auto failed = co_await on.run([id](Store& s) -> Result<void> {
    if (auto accepted = s.accept(numbered(id)); !accepted) return accepted.error();
    throw std::runtime_error("nobody foresaw this");
  });
  errors.push_back(failed.error());
}

TEST_F(StoreThreadTest, APieceThatFailsUndoesItselfAndNotItsNeighbours) {
  make_thread();
  keep_busy();
  std::vector<Error> errors;
  ask_for(1);
  asio::co_spawn(io, accept_and_fail(*thread, 2, errors), asio::detached);
  asio::co_spawn(io, accept_and_throw(*thread, 3, errors), asio::detached);
  ask_for(4);
  let_go();
  gather_answers();
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].code, Errc::invalid_argument);
  EXPECT_EQ(errors[1].code, Errc::internal);
  EXPECT_NE(errors[1].message.find("nobody foresaw this"), std::string::npos);
  EXPECT_TRUE(is_committed(path(), 1));
  EXPECT_FALSE(is_committed(path(), 2));
  EXPECT_FALSE(is_committed(path(), 3));
  EXPECT_TRUE(is_committed(path(), 4));
}

TEST_F(StoreThreadTest, BeyondItsLimitTheLineAnswersAtOnceThatItIsFull) {
  make_thread({.max_waiting = 2, .max_group = 10});
  keep_busy();
  for (SubmissionId id = 1; id <= 4; ++id) ask_for(id);
  ASSERT_EQ(answers.size(), 2U);
  for (const auto& answer : answers) EXPECT_EQ(code_of(answer), Errc::unavailable);
  let_go();
  gather_answers();
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_TRUE(answers[2] && answers[3]);
}

TEST_F(StoreThreadTest, ACommitThatFailsFailsAllOfItsPiecesAndTheNextOneGoesOn) {
  make_thread();
  keep_busy();
  ask_for(1);
  ask_for(2);
  commits_fail = true;
  // The piece that keeps the thread busy has a commit of its own, which fails too.
  let_go();
  gather_answers();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_TRUE(answers[0].has_error() && answers[1].has_error());
  EXPECT_FALSE(is_committed(path(), 1) || is_committed(path(), 2));
  commits_fail = false;
  ask_for(3);
  gather_answers();
  EXPECT_TRUE(answers[2]);
  EXPECT_TRUE(is_committed(path(), 3));
}

TEST_F(StoreThreadTest, OnAFullDiskNothingIsAnsweredThatDidNotHappen) {
  const auto pages = [&](const std::string& count) {
    sqlite3_exec(handle, ("PRAGMA max_page_count = " + count).c_str(), nullptr, nullptr, nullptr);
  };
  pages("60");
  make_thread();
  std::vector<SubmissionId> refused;
  for (SubmissionId round = 0; round < 30; ++round) {
    answers.clear();
    for (SubmissionId i = 1; i <= 50; ++i) ask_for(round * 50 + i);
    gather_answers();
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (answers[i]) {
        EXPECT_TRUE(is_committed(path(), answers[i]->id));
      } else {
        EXPECT_EQ(code_of(answers[i]), Errc::no_space);
        refused.push_back(round * 50 + static_cast<SubmissionId>(i) + 1);
      }
    }
  }
  ASSERT_FALSE(refused.empty());
  for (const auto id : refused) EXPECT_FALSE(is_committed(path(), id));
  ASSERT_TRUE(thread->run_blocking([&](Store&) -> Result<void> {
    pages("1000000");
    return {};
  }));
  answers.clear();
  ask_for(refused.front());
  gather_answers();
  EXPECT_TRUE(answers.front());
}

TEST_F(StoreThreadTest, ItsEndFinishesWhatWasAskedFor) {
  make_thread();
  keep_busy();
  for (SubmissionId id = 1; id <= 5; ++id) ask_for(id);
  let_go();
  thread.reset();
  for (SubmissionId id = 1; id <= 5; ++id) EXPECT_TRUE(is_committed(path(), id));
  gather_answers();
  EXPECT_EQ(answers.size(), 5U);
}

asio::awaitable<void> hold_while_waiting(StoreThread& on, std::shared_ptr<int> held) {
  co_await on.run([](Store&) -> Result<void> { return {}; });
  ++*held;
}

TEST_F(StoreThreadTest, AnAnswerThatNobodyFetchesIsNotLeaked) {
  make_thread();
  keep_busy();  // so that the answer cannot come while poll() still runs
  const auto held = std::make_shared<int>(0);
  {
    asio::io_context abandoned;
    asio::co_spawn(abandoned, hold_while_waiting(*thread, held), asio::detached);
    abandoned.poll();
    let_go();
    thread.reset();
    EXPECT_GT(held.use_count(), 1);
  }
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(*held, 0);
}

TEST_F(StoreThreadTest, AContextWhoseOnlyWorkIsAnOutstandingAnswerRunsUntilItIsThere) {
  make_thread();
  keep_busy();
  const auto held = std::make_shared<int>(0);
  asio::co_spawn(io, hold_while_waiting(*thread, held), asio::detached);
  std::thread runner([&] { io.run(); });
  let_go();
  runner.join();
  EXPECT_EQ(*held, 1);
}

}  // namespace
}  // namespace dropload::queue
