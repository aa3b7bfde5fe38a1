// Every fault that the service can make, as the daemon's client reads it: the classes of import-api.md, section 7.

#include "daemon/schedule/outcome.h"
#include "tests/contract/contract_fixture.h"

namespace dropload::test {
namespace {

using zoho::FailureClass;
using zoho::JobCode;

service::Settings with_admin() {
  service::Settings settings;
  settings.faults = true;
  return settings;
}

class FaultContract : public ContractTest {
 protected:
  FaultContract() : ContractTest(with_admin()) {
    // The client has its token and knows the names.
    EXPECT_EQ(imported(table("orders"), "id\n1\n").code, JobCode::completed);
  }

  void set(const std::string& fault, const std::string& more = "") {
    const auto answer =
        service_.send(http::Verb::put, "/admin/faults", {}, fmt::format(R"([{{"fault":"{}"{}}}])", fault, more));
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  target::Refused refused_create() {
    auto result = submit(table("orders"), "id\n2\n");
    return std::get<target::Refused>(std::move(result));
  }
  static FailureClass class_of(const target::Refused& refused) {
    return zoho::classify(refused.refusal.http_status, refused.refusal.code);
  }
  static schedule::Verdict verdict_on(const target::Refused& refused) {
    const schedule::RefusedCall call{refused.refusal.http_status, refused.refusal.code, refused.refusal.message,
                                     refused.retry_after, refused.token_was_replaced};
    schedule::JobContext last_attempt;
    last_attempt.attempts = 4;
    return schedule::on_refused({schedule::OutcomeSettings{}, Time{0}}, last_attempt, {}, call);
  }
  // No row of the file that was refused is there, and it goes through afterwards.
  void expect_it_can_be_sent_again() {
    EXPECT_EQ(service_.count("SELECT count(*) FROM orders"), 1);
    EXPECT_EQ(imported(table("orders"), "id\n2\n").code, JobCode::completed);
    EXPECT_EQ(service_.count("SELECT count(*) FROM orders"), 2);
  }
};

TEST_F(FaultContract, ALostAnswerIsMaybeSent) {
  set("lose_answer");
  EXPECT_TRUE(std::holds_alternative<target::MaybeSent>(submit(table("orders"), "id\n2\n")));
  EXPECT_TRUE(eventually([&] { return service_.count("SELECT count(*) FROM orders") == 2; })) << "it was accepted";
}

TEST_F(FaultContract, AnUploadThatIsDroppedInTheMiddleWasNeverSent) {
  // Twice: a connection that was open before may have been closed for being idle, so the client tries another one.
  set("drop_upload", R"(,"after_bytes":100000,"count":2)");
  const std::string large = "id\n" + std::string(20'000'000, '7') + "\n";
  const int pieces = last_pieces_;
  EXPECT_TRUE(std::holds_alternative<target::NeverSent>(submit(table("orders"), large)));
  EXPECT_EQ(last_pieces_, pieces);
  expect_it_can_be_sent_again();
}

TEST_F(FaultContract, TooFastWithStatus200IsTooFast) {
  set("too_fast");
  const auto refused = refused_create();
  EXPECT_EQ(refused.refusal.http_status, 200);
  EXPECT_EQ(refused.refusal.code, 6045);
  EXPECT_EQ(class_of(refused), FailureClass::too_fast);
  expect_it_can_be_sent_again();
}

TEST_F(FaultContract, TooManyRequestsAreTooFastAndRetryAfterIsRead) {
  set("too_many_requests", R"(,"seconds":17)");
  const auto refused = refused_create();
  EXPECT_EQ(class_of(refused), FailureClass::too_fast);
  EXPECT_EQ(refused.retry_after, Milliseconds{17'000});
  expect_it_can_be_sent_again();
}

TEST_F(FaultContract, AServersErrorIsTheServers) {
  set("server_error", R"(,"status":500)");
  EXPECT_EQ(class_of(refused_create()), FailureClass::server);
  expect_it_can_be_sent_again();
}

TEST_F(FaultContract, APageOfSomethingInBetweenIsNoAnswerOfTheService) {
  for (const auto* fault :
       {R"(,"status":500,"page":true,"on":["create"])", R"(,"status":503,"page":true,"on":["create"])",
        R"(,"status":504,"page":true,"on":["create"])"}) {
    set("server_error", fault);
    EXPECT_TRUE(std::holds_alternative<target::MaybeSent>(submit(table("orders"), "id\n2\n"))) << fault;
  }
}

TEST_F(FaultContract, AnExpiredTokenIsReplacedForTheNextCall) {
  set("expired_token");
  EXPECT_EQ(class_of(refused_create()), FailureClass::token);
  expect_it_can_be_sent_again();
}

TEST_F(FaultContract, StrangersLeaveNoSlot) {
  set("slots_taken", R"(,"slots":5)");
  EXPECT_EQ(class_of(refused_create()), FailureClass::no_slot);
  expect_it_can_be_sent_again();
}

TEST_F(FaultContract, ALockedTableIsBusy) {
  set("table_locked");
  EXPECT_EQ(class_of(refused_create()), FailureClass::table_busy);
  expect_it_can_be_sent_again();
}

TEST_F(FaultContract, UnitsThatAreUsedUpExhaustTheOrganization) {
  set("units_used_up");
  EXPECT_EQ(class_of(refused_create()), FailureClass::organization_exhausted);
  expect_it_can_be_sent_again();
}

TEST_F(FaultContract, SlowAndStuckJobsAreWaitedFor) {
  set("stuck_job");
  const auto stuck = accepted(table("stuck"), "id\n1\n");
  EXPECT_EQ(details(stuck).code, JobCode::not_initiated);
  set("slow_job", R"(,"seconds":3600)");
  // What was stuck is what is about to start now, and so it is the slow one.
  EXPECT_TRUE(eventually([&] { return details(stuck).code == JobCode::in_progress; }));
  const auto verdict =
      schedule::on_details({schedule::OutcomeSettings{}, Time{0}}, schedule::JobContext{}, details(stuck));
  EXPECT_TRUE(std::holds_alternative<schedule::Runs>(verdict.what));
}

TEST_F(FaultContract, AForgottenJobIsLostAndNeverTakenForAFailure) {
  const auto job = accepted(table("orders"), "id\n2\n");
  EXPECT_EQ(ended(job).code, JobCode::completed);
  set("forget_job");
  const auto forgotten = details(job);
  EXPECT_EQ(forgotten.code, JobCode::not_found);
  const auto verdict = schedule::on_details({schedule::OutcomeSettings{}, Time{0}}, schedule::JobContext{}, forgotten);
  ASSERT_TRUE(std::holds_alternative<queue::JobEnd>(verdict.what));
  EXPECT_EQ(std::get<queue::JobEnd>(verdict.what).state, queue::JobState::lost);
}

TEST_F(FaultContract, StatusCallsThatFailLeaveTheJobRunning) {
  const auto job = accepted(table("orders"), "id\n2\n");
  for (const char* fault : {"too_fast", "too_many_requests", "server_error", "expired_token"}) {
    set(fault, R"(,"on":["status"])");
    const auto result = status(job);
    ASSERT_TRUE(std::holds_alternative<target::Refused>(result)) << fault;
    const auto& refused = std::get<target::Refused>(result);
    const schedule::RefusedCall call{refused.refusal.http_status, refused.refusal.code, "", {}, false};
    const auto verdict = schedule::on_status_refused({schedule::OutcomeSettings{}, Time{0}}, {}, {}, call, 0);
    EXPECT_TRUE(std::holds_alternative<schedule::Runs>(verdict.what)) << fault;
  }
  EXPECT_EQ(ended(job).code, JobCode::completed);
}

TEST_F(FaultContract, NothingThatIsTheEnvironmentsFaultSpendsAnAttempt) {
  for (const char* fault :
       {"too_fast", "too_many_requests", "expired_token", "slots_taken", "table_locked", "units_used_up"}) {
    set(fault);
    const auto end = std::get<queue::JobEnd>(verdict_on(refused_create()).what);
    ASSERT_TRUE(std::holds_alternative<queue::Requeue>(end.after)) << fault;
    EXPECT_FALSE(std::get<queue::Requeue>(end.after).spends_attempt) << fault;
    EXPECT_FALSE(end.advice.empty()) << fault;
  }
  set("server_error", R"(,"status":500)");
  const auto end = std::get<queue::JobEnd>(verdict_on(refused_create()).what);
  EXPECT_TRUE(std::holds_alternative<queue::Fail>(end.after)) << "the service's own fault was the last attempt";
}

TEST_F(FaultContract, WhatTheServiceLastImportedIntoATableTellsOfALostJob) {
  set("lose_answer");
  EXPECT_TRUE(std::holds_alternative<target::MaybeSent>(submit(table("orders"), "id\n2\n3\n")));
  // The rows are there a moment before the job that brought them is written down as ended.
  std::optional<zoho::ImportDetails> import;
  EXPECT_TRUE(eventually([&] {
    const auto last = last_import(table("orders"));
    if (const auto* found = std::get_if<target::LastImport>(&last)) import = found->import;
    return import && import->total == 2;
  }));
  ASSERT_TRUE(import);
  EXPECT_EQ(service_.count("SELECT count(*) FROM orders"), 3);
  EXPECT_EQ(import->status, "Success");
  EXPECT_TRUE(import->at) << import->at_text;
  EXPECT_TRUE(std::holds_alternative<target::NoTable>(last_import(table("nothing"))));
}

}  // namespace
}  // namespace dropload::test
