#include "daemon/service/jobs.h"

#include <gtest/gtest.h>

#include "daemon/service/accounts.h"
#include "daemon/service/import_time.h"
#include "daemon/service/service_database.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

using zoho::JobCode;

class JobsTest : public testing::Test {
 protected:
  void SetUp() override {
    database_ = open_service_database(directory_.path() / "service.db").value();
    ids_.emplace(Ids::open(*database_, random_).value());
    accounts_ = Accounts::open(*database_, *ids_, {}, false, clock_, random_).value();
    reopen();
  }

  void reopen() { jobs_ = Jobs::open(*database_, {5, Milliseconds{3'600'000}}).value(); }

  NewJob job_for(std::optional<std::string> view_id, std::string table_name) {
    return {ids_->next().value(),  accounts_->organizations().front().id,
            workspace(),           std::move(view_id),
            std::move(table_name), "{}"};
  }
  std::string added(std::optional<std::string> view_id, std::string table_name = "") {
    const NewJob job = job_for(std::move(view_id), std::move(table_name));
    EXPECT_TRUE(jobs_->add(job, clock_.now()).value());
    return job.id;
  }
  std::string workspace() { return accounts_->workspaces().front().id; }
  std::vector<std::string> startable() {
    std::vector<std::string> ids;
    for (const Job& job : jobs_->startable().value()) ids.push_back(job.id);
    return ids;
  }
  std::optional<zoho::JobDetails> details(const std::string& id) {
    return jobs_->details(workspace(), id, clock_.now()).value();
  }
  static zoho::JobDetails completed(const std::string& id) {
    zoho::JobDetails details;
    details.job_id = id;
    details.code = JobCode::completed;
    details.summary = zoho::ImportSummary{"APPEND", 2, 2, 10, 9, 0, "updated"};
    return details;
  }
  void run(const std::string& id) {
    ASSERT_TRUE(jobs_->start(id));
    ASSERT_TRUE(jobs_->finish(id, completed(id), clock_.now()));
  }

  test::TemporaryDirectory directory_;
  test::FakeClock clock_;
  SystemRandom random_;
  std::unique_ptr<db::Database> database_;
  std::optional<Ids> ids_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Jobs> jobs_;
};

TEST_F(JobsTest, AJobGoesFromQueuedToRunningToItsEnd) {
  const std::string id = added("7");
  EXPECT_EQ(details(id)->code, JobCode::not_initiated);
  ASSERT_TRUE(jobs_->start(id));
  EXPECT_EQ(details(id)->code, JobCode::in_progress);
  ASSERT_TRUE(jobs_->finish(id, completed(id), clock_.now()));
  const auto ended = details(id);
  EXPECT_EQ(ended->code, JobCode::completed);
  EXPECT_EQ(ended->summary->success_rows, 9);
  EXPECT_EQ(ended->forgotten_at, clock_.now() + Milliseconds{3'600'000});
}

TEST_F(JobsTest, AStepThatDoesNotFitTheStateIsStale) {
  const std::string id = added("7");
  EXPECT_EQ(jobs_->finish(id, completed(id), clock_.now()).error().code, Errc::stale);
  ASSERT_TRUE(jobs_->start(id));
  EXPECT_EQ(jobs_->start(id).error().code, Errc::stale);
  ASSERT_TRUE(jobs_->finish(id, completed(id), clock_.now()));
  EXPECT_EQ(jobs_->finish(id, completed(id), clock_.now()).error().code, Errc::stale);
}

TEST_F(JobsTest, TheSixthOpenJobIsNotTakenUntilOneHasEnded) {
  std::string first = added("1");
  for (const char* view : {"2", "3", "4", "5"}) added(view);
  EXPECT_FALSE(jobs_->has_room(accounts_->organizations().front().id).value());
  EXPECT_FALSE(jobs_->add(job_for("6", ""), clock_.now()).value());
  run(first);
  EXPECT_TRUE(jobs_->has_room(accounts_->organizations().front().id).value());
  added("6");
  EXPECT_EQ(jobs_->most_open(), 5);
}

TEST_F(JobsTest, OfEachTableOnlyTheOldestOpenJobMayRun) {
  const std::string first = added("1");
  const std::string second = added("1");
  const std::string other = added("2");
  EXPECT_EQ(startable(), (std::vector{first, other}));
  ASSERT_TRUE(jobs_->start(first));
  EXPECT_EQ(startable(), (std::vector{other}));
  ASSERT_TRUE(jobs_->finish(first, completed(first), clock_.now()));
  EXPECT_EQ(startable(), (std::vector{second, other}));
}

TEST_F(JobsTest, JobsThatMakeOneTableRunOneAfterAnotherWhateverTheCase) {
  const std::string first = added(std::nullopt, "Sales");
  added(std::nullopt, "sALES");
  const std::string other = added(std::nullopt, "Sales 2");
  EXPECT_EQ(startable(), (std::vector{first, other}));
}

TEST_F(JobsTest, AnOpenJobIsToMakeATableOfItsNameInItsWorkspace) {
  const std::string id = added(std::nullopt, "Sales");
  EXPECT_TRUE(jobs_->is_to_make(workspace(), "sALES").value());
  EXPECT_FALSE(jobs_->is_to_make(workspace(), "Sale").value());
  EXPECT_FALSE(jobs_->is_to_make("1000000000000000001", "Sales").value());
  run(id);
  EXPECT_FALSE(jobs_->is_to_make(workspace(), "Sales").value());
}

TEST_F(JobsTest, WhatWasRunningIsQueuedAgainAfterARestart) {
  const std::string id = added("1");
  ASSERT_TRUE(jobs_->start(id));
  reopen();
  EXPECT_EQ(details(id)->code, JobCode::not_initiated);
  EXPECT_EQ(startable(), std::vector{id});
  EXPECT_EQ(jobs_->most_open(), 1);
}

TEST_F(JobsTest, ASummaryIsForgottenAnHourAfterTheEnd) {
  const std::string id = added("1");
  clock_.advance(Milliseconds{10'000'000});
  run(id);
  clock_.advance(Milliseconds{3'599'999});
  EXPECT_TRUE(details(id));
  EXPECT_TRUE(jobs_->forgotten(clock_.now()).value().empty());
  clock_.advance(Milliseconds{1});
  EXPECT_FALSE(details(id));
  EXPECT_EQ(jobs_->forgotten(clock_.now()).value(), std::vector{id});
  ASSERT_TRUE(jobs_->remove({id}));
  EXPECT_TRUE(jobs_->forgotten(clock_.now()).value().empty());
}

TEST_F(JobsTest, AJobIsKnownInItsWorkspaceOnly) {
  const std::string id = added("1");
  EXPECT_FALSE(jobs_->details("1000000000000000001", id, clock_.now()).value());
  EXPECT_FALSE(details("1000000000000000001"));
}

TEST_F(JobsTest, TheLastImportOfATableOutlivesItsJob) {
  EXPECT_FALSE(jobs_->last_import("1").value());
  const std::string first = added("1");
  run(first);
  clock_.advance(Milliseconds{5000});
  const std::string second = added("1");
  run(second);
  clock_.advance(Milliseconds{4'000'000});
  ASSERT_TRUE(jobs_->remove({first, second}));
  const auto last = jobs_->last_import("1").value();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->details.job_id, second);
  EXPECT_EQ(last->ended, clock_.now() - Milliseconds{4'000'000});
}

TEST_F(JobsTest, ANewTablesImportIsKeptUnderTheViewThatItMade) {
  const std::string id = added(std::nullopt, "Sales");
  ASSERT_TRUE(jobs_->start(id));
  zoho::JobDetails made = completed(id);
  made.view_id = "1234567890123456789";
  ASSERT_TRUE(jobs_->finish(id, made, clock_.now()));
  EXPECT_EQ(jobs_->last_import("1234567890123456789").value()->details.job_id, id);
}

TEST(ImportTime, IsWrittenAsTheApiDoes) {
  EXPECT_EQ(to_import_time({1'634'554'961'000}), "18 October, 2021 11:02:41 AM GMT");
  EXPECT_EQ(to_import_time({1'634'515'200'000}), "18 October, 2021 12:00:00 AM GMT");
  EXPECT_EQ(to_import_time({1'634'558'400'000 + 5000}), "18 October, 2021 12:00:05 PM GMT");
  EXPECT_EQ(to_import_time({1'609'459'199'999}), "31 December, 2020 11:59:59 PM GMT");
}

TEST_F(JobsTest, JobsRunInTheOrderInWhichTheyWereAcceptedWhateverTheirIds) {
  const NewJob slow = job_for("1", "");
  const NewJob slow_elsewhere = job_for("2", "");
  const NewJob quick = job_for("1", "");
  for (const NewJob* job : {&quick, &slow_elsewhere, &slow}) ASSERT_TRUE(jobs_->add(*job, clock_.now()).value());
  EXPECT_EQ(startable(), (std::vector{quick.id, slow_elsewhere.id}));
  run(quick.id);
  EXPECT_EQ(startable(), (std::vector{slow_elsewhere.id, slow.id}));
}

TEST_F(JobsTest, NothingIsStartedForATableThatHasARunningJob) {
  const NewJob slow = job_for("1", "");
  const std::string quick = added("1");
  ASSERT_TRUE(jobs_->start(quick));
  ASSERT_TRUE(jobs_->add(slow, clock_.now()).value());
  EXPECT_TRUE(startable().empty());
}

TEST_F(JobsTest, TheFirstSchemasJobsKeepTheirOrder) {
  const std::filesystem::path file = directory_.path() / "old.db";
  {
    SQLite::Database old(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    old.exec(R"sql(
CREATE TABLE organization (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE workspace (id TEXT PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organization (id),
  name TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (organization_id, name)) STRICT;
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organization (id),
  workspace_id TEXT NOT NULL REFERENCES workspace (id),
  view_id TEXT,
  table_key TEXT NOT NULL,
  config TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'failed', 'completed')),
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  details TEXT
) STRICT;
CREATE INDEX open_job ON job (organization_id, table_key, id) WHERE ended_at IS NULL;
CREATE INDEX ended_job ON job (ended_at) WHERE ended_at IS NOT NULL;
CREATE TABLE last_import (view_id TEXT PRIMARY KEY, ended_at INTEGER NOT NULL, details TEXT NOT NULL) STRICT;
INSERT INTO organization VALUES ('9', 'local', 0);
INSERT INTO workspace VALUES ('8', '9', 'Main', 0);
INSERT INTO job VALUES ('11', '9', '8', '1', '1', '{"late":1}', 'queued', 200, NULL, NULL);
INSERT INTO job VALUES ('12', '9', '8', '1', '1', '{}', 'running', 100, NULL, NULL);
INSERT INTO job VALUES ('10', '9', '8', '1', '1', '{}', 'failed', 50, 60, '{}');
PRAGMA user_version = 1;
)sql");
  }
  const auto database = open_service_database(file).value();
  const auto jobs = Jobs::open(*database, {}).value();
  const auto first = jobs->startable().value();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first.front().id, "12");
  ASSERT_TRUE(jobs->start("12"));
  ASSERT_TRUE(jobs->finish("12", completed("12"), clock_.now()));
  ASSERT_EQ(jobs->startable().value().size(), 1U);
  EXPECT_EQ(jobs->startable().value().front().config, "{\"late\":1}");
}

TEST_F(JobsTest, ACallbackIsTakenOnceAndThroughRestarts) {
  NewJob job = job_for("7", "");
  job.callback_url = "http://example.com/";
  ASSERT_TRUE(jobs_->add(job, clock_.now()).value());
  run(added("8"));
  EXPECT_FALSE(jobs_->take_callback().value()) << "the one has not ended, the other wants none";
  ASSERT_TRUE(jobs_->start(job.id));
  reopen();
  EXPECT_FALSE(jobs_->take_callback().value());
  run(job.id);
  reopen();
  const auto callback = jobs_->take_callback().value();
  ASSERT_TRUE(callback);
  EXPECT_EQ(callback->job_id, job.id);
  EXPECT_EQ(callback->url, "http://example.com/");
  EXPECT_EQ(callback->details.code, JobCode::completed);
  EXPECT_FALSE(jobs_->take_callback().value());
  reopen();
  EXPECT_FALSE(jobs_->take_callback().value());
}

}  // namespace
}  // namespace dropload::service
