// The hot queries are seeks: asked of SQLite itself, for the statements as they stand in the code, by listening to what
// the store runs.

#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "daemon/queue/callbacks.h"
#include "daemon/queue/kept_files.h"
#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

class QueryPlan : public QueueTest {
 protected:
  // The statements that `work` runs, without their values.
  template <typename Work>
  std::set<std::string> statements_of(Work work) {
    std::set<std::string> seen;
    const auto hear = [](unsigned, void* context, void* statement, void*) {
      static_cast<std::set<std::string>*>(context)->insert(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
      return 0;
    };
    auto* handle = store->database().raw().getHandle();
    sqlite3_trace_v2(handle, SQLITE_TRACE_STMT, hear, &seen);
    work();
    sqlite3_trace_v2(handle, 0, nullptr, nullptr);
    std::erase_if(seen, [](const std::string& sql) {
      return !std::regex_search(sql, std::regex("^(SELECT|INSERT|UPDATE|DELETE)"));
    });
    return seen;
  }

  std::vector<std::string> plan_of(const std::string& sql) {
    SQLite::Statement explain(store->database().raw(), "EXPLAIN QUERY PLAN " + sql);
    std::vector<std::string> steps;
    while (explain.executeStep()) steps.push_back(explain.getColumn(3).getString());
    return steps;
  }

  // Lists and overviews read what there is one of for each table, however many submissions it had.
  static bool is_one_for_each_table(const std::string& step) {
    return step.starts_with("SCAN tally") || step.starts_with("SCAN lane");
  }

  template <typename Work>
  void expect_only_seeks(Work work) {
    const auto statements = statements_of(work);
    EXPECT_FALSE(statements.empty());
    for (const auto& sql : statements) {
      for (const auto& step : plan_of(sql)) {
        const bool scans = step.starts_with("SCAN") && step != "SCAN CONSTANT ROW" &&
                           !step.starts_with("SCAN job USING") && !is_one_for_each_table(step);
        EXPECT_FALSE(scans || step.find("TEMP B-TREE") != std::string::npos) << step << "\n  in " << sql;
      }
    }
  }
};

TEST_F(QueryPlan, AcceptingSeeks) {
  accept();
  expect_only_seeks([&] { accept(); });
  expect_only_seeks([&] { accept({.table = "Other", .parallel = true}); });
}

// However many a table ever had.
TEST_F(QueryPlan, LookingForTheSameContentSeeksTheFirstOfIt) {
  accept();
  auto twin = made();
  twin.on_duplicate = OnDuplicate::hold;
  twin.duplicate_days = 30;
  const auto accept_twin = [&] { EXPECT_EQ(store->accept(twin).value().state, SubmissionState::held); };
  int looks = 0;
  for (const auto& sql : statements_of(accept_twin)) {
    if (sql.find("s.sha256 = ?") == std::string::npos) continue;
    ++looks;
    EXPECT_THAT(plan_of(sql).front(),
                testing::HasSubstr("submission_by_content (lane=? AND sha256=? AND size=? AND accepted_at>?)"));
  }
  EXPECT_EQ(looks, 1);
  twin = made();
  twin.on_duplicate = OnDuplicate::skip;
  expect_only_seeks([&] { EXPECT_EQ(store->accept(twin).value().state, SubmissionState::cancelled); });
}

TEST_F(QueryPlan, TheSnapshotSeeks) {
  run(accept());
  accept({.table = "Other"});
  ASSERT_TRUE(store->fail(accept({.table = "Third"}), "why", "", start));
  expect_only_seeks([&] { look(at_second(10)); });
}

TEST_F(QueryPlan, APersonsDoingSeeks) {
  const auto id = accept();
  const auto behind = accept();
  run(id);
  auto whole = made();
  whole.supersede = true;
  expect_only_seeks([&] {
    (void)store->standing(behind);
    (void)store->set_priority(behind, 3, start);
    (void)store->pause_route("sales", "why");
    look();
    (void)store->resume_route("sales");
    (void)store->accept(whole);
  });
}

TEST_F(QueryPlan, AJobsLifeSeeks) {
  const auto id = accept();
  accept();
  expect_only_seeks([&] {
    const auto job = run(id);
    ASSERT_TRUE(store->begin_poll(job, limits, start, start));
    ASSERT_TRUE(store->job_runs_on(job, 1002, "", start));
    ASSERT_TRUE(store->newer_ran(id));
    ASSERT_TRUE(store->job_ended(job, ended(JobState::lost, Requeue{start, true}, start), start));
    ASSERT_TRUE(store->settle_lost(job, start));
    succeed(run(id));
    ASSERT_TRUE(store->mark_retired(id, "/x", start));
  });
}

TEST_F(QueryPlan, RemovingOldOriginalsSeeks) {
  const auto id = accept();
  ASSERT_TRUE(store->fail(id, "no", "", start));
  ASSERT_TRUE(store->mark_retired(id, "/x", start));
  expect_only_seeks([&] {
    ASSERT_TRUE(remember_kept(*store, id, {FileStamp{1, 2, 3}, FileStamp{4, 5, 6}}, start));
    ASSERT_EQ(kept_until(*store, "sales", false, start, 100).value().size(), 1u);
    ASSERT_TRUE(begin_removing(*store, {id}));
    ASSERT_TRUE(settle_kept(*store, {{id, KeepLonger{start}}}, start));
    ASSERT_TRUE(settle_kept(*store, {{id, Removed{"old"}}}, start));
    ASSERT_TRUE(settle_kept(*store, {{id, LeftAlone{}}}, start));
  });
}

TEST_F(QueryPlan, AJobOfSeveralSeeks) {
  const auto id = accept();
  const auto other = accept();
  expect_only_seeks([&] {
    ASSERT_EQ(store->behind(id, 10, start).value().size(), 1u);
    const auto job = store->begin_job({JobPart{id}, JobPart{other}}, limits, cost, start).value().id;
    ASSERT_EQ(store->carried_by(job).value().size(), 2u);
  });
}

TEST_F(QueryPlan, LookingForALostJobSeeks) {
  const auto id = accept();
  succeed(run(accept({.table = "Other"})));
  expect_only_seeks([&] {
    const auto job = run(id);
    ASSERT_TRUE(store->job_ended(job, ended(JobState::lost, Await{start, "it broke"}, start), start));
    ASSERT_TRUE(store->begin_look(job, limits, cost, start, start));
    ASSERT_TRUE(store->look_again(job, true, start));
    ASSERT_TRUE(store->lost_facts(job));
    ASSERT_TRUE(store->settle_lost(job, LostEnd{LostFate::unknown, Hold{}, "why", "", ""}, start));
    ASSERT_TRUE(store->slow_down(limits, start, start));
    ASSERT_TRUE(store->strangers("main"));
  });
}

TEST_F(QueryPlan, ACallbackSeeks) {
  const auto job = begin(accept());
  expect_only_seeks([&] {
    ASSERT_TRUE(expect_callback(*store, job, "hash"));
    ASSERT_TRUE(callback_came(*store, "hash", start));
    ASSERT_TRUE(store->job_accepted(job, "77", "r", start, start));
  });
}

TEST_F(QueryPlan, WhatAPersonLooksAtAndDoesSeeks) {
  const auto id = accept();
  ASSERT_TRUE(store->hold(id, "why", "", start));
  expect_only_seeks([&] {
    ASSERT_TRUE(store->find(id));
    ASSERT_TRUE(store->jobs_of(id));
    ASSERT_TRUE(store->events_of(id));
    ASSERT_TRUE(store->list({}));
    ASSERT_TRUE(store->list({.states = {SubmissionState::held}}));
    ASSERT_TRUE(store->list({.route = "sales"}));
    ASSERT_TRUE(store->list({.states = {SubmissionState::held}, .route = "sales"}));
    ASSERT_TRUE(store->list({.table = "Orders", .since = start}));
    ASSERT_TRUE(store->list({.until = start}));
    ASSERT_TRUE(store->release(id, start));
    ASSERT_TRUE(store->discard(id, start));
  });
}

// What is looked at as a whole at a start: what holds a slot, what is to be retired, the requests of one window.
TEST_F(QueryPlan, AStartReadsOnlyWhatIsNotOver) {
  run(accept());
  const auto statements = statements_of([&] {
    ASSERT_TRUE(store->uploading_jobs());
    ASSERT_TRUE(store->ids_in_spool());
    ASSERT_TRUE(store->poll_all_at(start));
  });
  const std::set<std::string> small{"SCAN job USING INDEX job_slots",
                                    "SCAN submission USING INDEX submission_to_retire",
                                    "SCAN request",
                                    "SCAN account_pace",
                                    "SCAN strangers",
                                    "SCAN organization_turn"};
  for (const auto& sql : statements) {
    for (const auto& step : plan_of(sql))
      EXPECT_TRUE(!step.starts_with("SCAN") || small.contains(step)) << step << "\n  in " << sql;
  }
}

}  // namespace
}  // namespace dropload::queue
