// Other clients of the account and the organization: their slots, their calls.

#include "tests/daemon/run/runner_fixture.h"

namespace dropload::run {
namespace {

class OthersTest : public RunnerTest {
 protected:
  void refuse(int times, int code, int status = 400) {
    for (int i = 0; i < times; ++i) target_->submit_answers.push_back(target::Refused{{status, code, "", "no"}, {}});
  }
  queue::OrganizationSnapshot look() {
    const auto limits = context_->organizations.at("acme").limits;
    return store_->run_blocking([&](Store& store) { return store.snapshot({limits}, clock_.now()); })
        .value()
        .organizations.front();
  }
  int refusals() {
    const auto known = look().strangers;
    return known ? known->refusals : 0;
  }
  bool all_wait(const std::vector<SubmissionId>& ids) {
    return std::all_of(ids.begin(), ids.end(),
                       [&](SubmissionId id) { return find(id).state == SubmissionState::queued; });
  }
};

TEST_F(OthersTest, WhileStrangersHoldTheSlotsOneFileProbesWithGrowingWaits) {
  refuse(20, 8134);
  std::vector<SubmissionId> ids;
  for (const auto* table : {"a", "b", "c", "d"}) ids.push_back(submit(table));
  start();
  run_until([&] { return target_->under_way == 0 && refusals() == 1 && all_wait(ids); });
  EXPECT_EQ(look().strangers->ours, 0);
  EXPECT_FALSE(look().pause);
  const auto first = target_->submitted.size();
  Milliseconds wait{0};
  for (int probes = 1; probes <= 5; ++probes) {
    pass(look().strangers->probe_at - clock_.now());
    run_until([&] { return refusals() == 1 + probes && all_wait(ids); });
    EXPECT_EQ(target_->submitted.size(), first + static_cast<std::size_t>(probes));
    wait = look().strangers->probe_at - clock_.now();
  }
  EXPECT_GE(wait, Milliseconds{150'000});
  EXPECT_EQ(find(ids[0]).attempts, 0);
}

TEST_F(OthersTest, WhenOneOfOursEndsAnotherStartsAtOnce) {
  target_->submit_answers.push_back(target::Accepted{"w", "job-a"});
  refuse(1, 8134);
  const auto a = submit("a");
  const auto b = submit("b");
  start();
  run_until([&] { return find(b).state == SubmissionState::queued && refusals() == 1; });
  EXPECT_EQ(look().strangers->others(1), 4);
  pass(context_->settings.outcome.first_poll);
  run_until_state(a, SubmissionState::done);
  run_until_state(b, SubmissionState::importing);
}

TEST_F(OthersTest, TooManyCallsCloseTheWindowForPollsTooAndHalveThePace) {
  target_->submit_answers.push_back(target::Accepted{"w", "job-a"});
  refuse(1, 6045, 200);
  const auto a = submit("a");
  const auto b = submit("b");
  start();
  run_until([&] { return find(b).state == SubmissionState::queued && look().requests.limits().bulk == 20; });
  pass(context_->settings.outcome.first_poll);
  run_until([&, looks = 0]() mutable { return ++looks > 5; });
  EXPECT_TRUE(target_->polled.empty());
  pass(context_->settings.outcome.request_window);
  run_until_state(a, SubmissionState::done);
  run_until_state(b, SubmissionState::importing);
  EXPECT_EQ(find(b).attempts, 0);
}

TEST_F(OthersTest, AfterARefusalThatMeetsAllOneFileProbes) {
  refuse(5, 6043);
  std::vector<SubmissionId> ids;
  for (const auto* table : {"a", "b", "c"}) ids.push_back(submit(table));
  start();
  run_until([&] { return target_->under_way == 0 && look().pause && all_wait(ids); });
  const auto first = target_->submitted.size();
  pass(context_->settings.outcome.pause_probe);
  run_until([&] { return target_->submitted.size() > first && target_->under_way == 0 && all_wait(ids); });
  EXPECT_EQ(target_->submitted.size(), first + 1);
  target_->submit_answers.clear();
  pass(context_->settings.outcome.pause_probe);
  for (const auto id : ids) run_until_state(id, SubmissionState::importing);
}

}  // namespace
}  // namespace dropload::run
