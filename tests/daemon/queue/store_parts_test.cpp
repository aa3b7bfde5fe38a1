// Jobs that carry several submissions.

#include <algorithm>

#include "common/db/query.h"
#include "daemon/queue/schema.h"
#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using S = SubmissionState;

class StoreParts : public QueueTest {
 protected:
  Result<Job> begin_together(const std::vector<SubmissionId>& ids) {
    std::vector<JobPart> parts;
    for (const auto id : ids) parts.push_back({id, static_cast<std::int64_t>(10 * parts.size() + 1), 2});
    return store->begin_job(parts, limits, cost, start);
  }
  JobId run_together(const std::vector<SubmissionId>& ids) {
    const JobId job = begin_together(ids).value().id;
    EXPECT_TRUE(store->mark_whole_sent(job));
    EXPECT_TRUE(store->job_accepted(job, "77", "remote", start, start));
    return job;
  }
};

TEST_F(StoreParts, OneJobCarriesSeveralAndTakesOneSlotAndOneCharge) {
  const auto a = accept(), b = accept(), c = accept();
  const auto job = begin_together({a, b});
  ASSERT_TRUE(job) << job.error().message;
  EXPECT_EQ(job->parts, 2);
  EXPECT_EQ(state_of(a), S::importing);
  EXPECT_EQ(state_of(b), S::importing);
  EXPECT_EQ(state_of(c), S::queued);
  EXPECT_EQ(look().slots_held, 1);
  EXPECT_EQ(look().requests.used(zoho::CallKind::bulk, start), 1);
  EXPECT_EQ(timeline(b), (std::vector<std::string>{"queued", "upload began"}));
  const auto parts = store->parts_of(job->id).value();
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[1].submission, b);
  EXPECT_EQ(parts[1].first_line, 11);
  EXPECT_EQ(parts[1].own_line, 2);
}

TEST_F(StoreParts, WhatDoesNotStandBehindTheFirstWithoutAGapIsNotTaken) {
  const auto a = accept(), b = accept(), c = accept();
  const auto elsewhere = accept({.table = "Other"});
  EXPECT_EQ(code_of(begin_together({a, c})), Errc::stale);
  EXPECT_EQ(code_of(begin_together({b, c})), Errc::stale);
  EXPECT_EQ(code_of(begin_together({a, b, b})), Errc::stale);
  EXPECT_EQ(code_of(begin_together({a, elsewhere})), Errc::stale);
  EXPECT_EQ(code_of(begin_together({})), Errc::invalid_argument);
  EXPECT_EQ(state_of(a), S::queued);
  EXPECT_TRUE(begin_together({a, b, c}));
}

TEST_F(StoreParts, WhatStandsBehindOneIsFoundUpToTheFirstThatWaitsForATime) {
  const auto a = accept(), b = accept(), c = accept(), d = accept();
  const auto again = run(a);
  ASSERT_TRUE(store->job_ended(again, ended(JobState::failed, Requeue{at_second(0)}), start));
  const auto ids = [&](SubmissionId id, int most) {
    std::vector<SubmissionId> found;
    for (const auto& s : store->behind(id, most, at_second(10)).value()) found.push_back(s.id);
    return found;
  };
  EXPECT_EQ(ids(a, 10), (std::vector{b, c, d}));
  EXPECT_EQ(ids(a, 2), (std::vector{b, c}));
  EXPECT_TRUE(ids(d, 10).empty());
}

TEST_F(StoreParts, OneWhoseTimeHasComeStandsInLineAndOneWhoseTimeIsToComeEndsIt) {
  const auto a = accept(), b = accept(), c = accept();
  const auto job = run_together({a, b, c});
  auto end = ended(JobState::failed, Requeue{start});
  end.parts = {{c, Requeue{at_second(60)}, 7232, "", ""}};
  ASSERT_TRUE(store->job_ended(job, end, start));
  const auto behind = store->behind(a, 10, start).value();
  ASSERT_EQ(behind.size(), 1u);
  EXPECT_EQ(behind.front().id, b);
  EXPECT_EQ(code_of(begin_together({a, b, c})), Errc::stale);
  EXPECT_TRUE(begin_together({a, b}));
}

TEST_F(StoreParts, WhatTheJobCarriesIsToldWithWhatIsKnownOfIt) {
  const auto a = accept(), b = accept();
  const auto first = run(a);
  ASSERT_TRUE(store->job_ended(first, ended(JobState::failed, Requeue{start, true}), start));
  const auto job = run_together({a, b});
  const auto carried = store->carried_by(job).value();
  ASSERT_EQ(carried.size(), 2u);
  EXPECT_EQ(carried[0].submission.attempts, 1);
  EXPECT_EQ(carried[0].jobs, 2);
  EXPECT_EQ(carried[1].jobs, 1);
  EXPECT_EQ(carried[1].part.first_line, 11);
  EXPECT_FALSE(carried[1].newer_ran);
}

TEST_F(StoreParts, OneMayFailThoughTheJobHasSucceededAndThenHasNoRows) {
  const auto a = accept(), b = accept();
  const auto job = run_together({a, b});
  EXPECT_EQ(code_of(store->job_succeeded(job, {{a, {1, 1, 0}, ""}, {b, {2, 2, 0}, "", true}}, "{}", start)),
            Errc::invalid_argument);
  ASSERT_TRUE(
      store->job_succeeded(job, {{a, {1, 1, 0}, ""}, {b, {2, 2, 0}, "3 were counted", true, "look"}}, "{}", start));
  EXPECT_EQ(state_of(a), S::done);
  EXPECT_EQ(state_of(b), S::failed);
  EXPECT_FALSE(store->find(b).value().rows);
  EXPECT_EQ(store->find(b).value().reason, "3 were counted");
  EXPECT_EQ(store->find(b).value().advice, "look");
  EXPECT_EQ(store->find_job(job).value().state, JobState::succeeded);
}

TEST_F(StoreParts, EachIsDoneWithItsOwnRows) {
  const auto a = accept(), b = accept();
  const auto job = run_together({a, b});
  EXPECT_EQ(code_of(store->job_succeeded(job, {3, 3, 0}, "", "{}", start)), Errc::invalid_argument);
  EXPECT_EQ(code_of(store->job_succeeded(job, {{a, {1, 1, 0}, ""}, {a, {2, 2, 0}, ""}}, "{}", start)),
            Errc::invalid_argument);
  ASSERT_TRUE(
      store->job_succeeded(job, {{b, {5, 4, 0}, "1 of 5 rows was rejected."}, {a, {2, 2, 0}, ""}}, "{}", start));
  EXPECT_EQ(store->find(a).value().rows->total, 2);
  EXPECT_EQ(store->find(a).value().reason, "");
  EXPECT_EQ(store->find(b).value().rows->success, 4);
  EXPECT_EQ(store->find(b).value().reason, "1 of 5 rows was rejected.");
  EXPECT_EQ(look().slots_held, 0);
  EXPECT_EQ(store->jobs_of(b).value().front().id, job);
}

TEST_F(StoreParts, OneFailsAndTheOthersWaitAgain) {
  const auto a = accept(), b = accept(), c = accept();
  const auto job = run_together({a, b, c});
  auto end = ended(JobState::failed, Requeue{start, false, 8});
  end.parts = {{b, Requeue{start, false, 1}, 7232, "line 3 is bad", ""}};
  ASSERT_TRUE(store->job_ended(job, end, start));
  EXPECT_EQ(store->find(a).value().merge_most, 8);
  EXPECT_EQ(store->find(b).value().merge_most, 1);
  EXPECT_EQ(store->find(b).value().reason, "line 3 is bad");
  EXPECT_EQ(store->find(c).value().reason, "the service had trouble");
  EXPECT_EQ(state_of(c), S::queued);
}

TEST_F(StoreParts, AnEndForOneThatTheJobDoesNotCarryIsRefusedAndChangesNothing) {
  const auto a = accept(), b = accept(), c = accept();
  const auto job = run_together({a, b});
  auto end = ended(JobState::failed, Fail{});
  end.parts = {{c, Fail{}, 7232, "why", ""}};
  EXPECT_EQ(code_of(store->job_ended(job, end, start)), Errc::invalid_argument);
  end.parts = {{b, Hold{}, 7232, "", ""}};
  EXPECT_EQ(code_of(store->job_ended(job, end, start)), Errc::invalid_argument);
  EXPECT_EQ(state_of(a), S::importing);
}

TEST_F(StoreParts, ItsOwnJobIsNotANewerOne) {
  const auto a = accept(), b = accept();
  const auto job = run_together({a, b});
  EXPECT_FALSE(store->newer_ran(a).value());
  ASSERT_TRUE(store->job_ended(job, ended(JobState::lost, Hold{}), start));
  EXPECT_FALSE(store->newer_ran(a).value());
  const auto c = accept();
  run(c);
  EXPECT_TRUE(store->newer_ran(a).value());
  EXPECT_TRUE(store->newer_ran(b).value());
  EXPECT_TRUE(store->overtaken(b).value());
}

TEST_F(StoreParts, ARestartKeepsThem) {
  const auto a = accept(), b = accept();
  const auto job = begin_together({a, b}).value().id;
  restart();
  const auto uploading = store->uploading_jobs().value();
  ASSERT_EQ(uploading.size(), 1u);
  EXPECT_EQ(uploading.front().id, job);
  EXPECT_EQ(uploading.front().parts, 2);
}

TEST(StoreMigration, AQueueOfTheFirstSchemaKeepsItsJobsAndItsLines) {
  test::TemporaryDirectory directory;
  const auto path = directory.path() / "queue.db";
  {
    auto database = db::Database::open(path).value();
    ASSERT_TRUE(database->migrate(migrations().first(1)));
    auto& raw = database->raw();
    raw.exec(
        "INSERT INTO lane (id, organization, workspace, tbl, parallel, running) VALUES (1, 'main', 'D', 'T', 0, 1)");
    for (const auto* id : {"1", "2"}) {
      raw.exec(
          fmt::format("INSERT INTO submission (id, route, lane, state, source, file_name, size, sha256, accepted_at) "
                      "VALUES ({}, 'sales', 1, 'queued', 'drop', 'f.csv', 10, 'ab', 1)",
                      id));
    }
    raw.exec("UPDATE submission SET state = 'importing' WHERE id = 1");
    raw.exec(
        "INSERT INTO job (id, submission, lane, organization, state, started_at) VALUES (7, 1, 1, 'main', "
        "'uploading', 1)");
    raw.exec(
        "UPDATE job SET state = 'running', whole_sent = 1, workspace_id = '77', remote_id = 'r', sent_at = 1, "
        "forgotten_at = 2, next_poll_at = 3 WHERE id = 7");
    raw.exec("UPDATE lane SET head_id = 2, head_route = 'sales' WHERE id = 1");
  }
  const auto store = Store::open(path).value();
  const auto jobs = store->jobs_of(1).value();
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs.front().id, 7);
  EXPECT_EQ(jobs.front().remote_id, "r");
  EXPECT_EQ(jobs.front().parts, 1);
  ASSERT_TRUE(store->job_succeeded(7, {1, 1, 0}, "", "{}", start));
  const OrganizationLimits limits{.name = "main"};
  EXPECT_TRUE(store->begin_job(2, limits, {1, 0}, start));
}

}  // namespace
}  // namespace dropload::queue
