// A walk at random through everything that can happen to a queue. After every step all rows are read and the lanes,
// slots and budgets are worked out anew, without any of the short cuts that the store takes.

#include <map>
#include <random>

#include "common/db/query.h"
#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using db::Query;

struct Waiting {
  SubmissionId id = 0;
  Time due;
  Time start_at;
};

struct LaneByScan {
  bool parallel = false;
  int running = 0;
  std::vector<Waiting> queued;

  [[nodiscard]] std::optional<Waiting> head() const {
    if (queued.empty()) return std::nullopt;
    return *std::min_element(queued.begin(), queued.end(), [&](const Waiting& a, const Waiting& b) {
      return parallel ? std::pair(a.due, a.id) < std::pair(b.due, b.id) : a.id < b.id;
    });
  }
};

class RandomWalk : public QueueTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  RandomWalk() : random(GetParam()) {
    organizations = {{.name = "main", .max_jobs = 3}, {.name = "other", .max_jobs = 2}};
    for (auto& organization : organizations) organization.requests = {.bulk = 6, .metadata = 4, .overall = 8};
    fast();
  }

  // What is tested here is not durability.
  void fast() { store->database().raw().exec("PRAGMA synchronous = OFF"); }

  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); }

  void step() {
    now = now + Milliseconds(below(4) == 0 ? below(20'000) : below(200));
    switch (below(12)) {
      case 0:
      case 1:
      case 2:
        accept_one();
        break;
      case 3:
      case 4:
      case 5:
        start_one();
        break;
      case 6:
        poll_one();
        break;
      case 7:
      case 8:
        end_one();
        break;
      case 9:
        settle_and_retire();
        break;
      case 10:
        decide_as_a_person();
        break;
      default:
        if (below(10) == 0) {
          restart();
          fast();
        }
    }
  }

  void accept_one() {
    const int table = below(4);
    const auto& organization = organizations[static_cast<std::size_t>(below(2))];
    const auto id = accept({.table = "T" + std::to_string(table),
                            .route = "r" + std::to_string(below(3)),
                            .organization = organization.name,
                            .parallel = table == 3,
                            .at = now});
    states[id] = SubmissionState::queued;
  }

  // Obeys the snapshot: then nothing is refused.
  void start_one() {
    const auto& organization = organizations[static_cast<std::size_t>(below(2))];
    const auto seen = store->snapshot({organization}, now).value().organizations.front();
    check_ready(seen, organization);
    if (seen.ready.empty() || seen.slots_held >= organization.max_jobs) return;
    if (seen.requests.wait_until(cost, now)) return;
    const auto& chosen = seen.ready[static_cast<std::size_t>(below(static_cast<int>(seen.ready.size())))];
    const auto job = store->begin_job(chosen.submission, organization, cost, now);
    ASSERT_TRUE(job) << job.error().message;
    states[chosen.submission] = SubmissionState::importing;
    charge(organization.name, cost);
    ASSERT_TRUE(store->call_returned(job->id, now));
    if (below(3) == 0) return;
    ASSERT_TRUE(store->mark_whole_sent(job->id));
    if (below(4) == 0) return;
    ASSERT_TRUE(store->job_accepted(job->id, "7", "r", now + Milliseconds(below(3000)), now));
  }

  void poll_one() {
    const auto& organization = organizations[static_cast<std::size_t>(below(2))];
    const auto seen = store->snapshot({organization}, now).value().organizations.front();
    if (seen.polls.empty() || seen.requests.wait_until({.bulk = 1}, now)) return;
    const auto job = store->begin_poll(seen.polls.front().job, organization, now + Milliseconds(60'000), now);
    ASSERT_TRUE(job) << job.error().message;
    charge(organization.name, {.bulk = 1});
    ASSERT_TRUE(store->call_returned(job->id, now));
    ASSERT_TRUE(store->job_runs_on(job->id, 1002, "", now + Milliseconds(below(10'000))));
  }

  void end_one() {
    std::vector<Job> open;
    Query query(store->database(), "SELECT id FROM job WHERE state IN ('uploading', 'running')");
    while (query.step()) open.push_back(store->find_job(query.get<JobId>(0)).value());
    if (open.empty()) return;
    const Job& job = open[static_cast<std::size_t>(below(static_cast<int>(open.size())))];
    if (job.state == JobState::running && below(2) == 0) {
      ASSERT_TRUE(store->job_succeeded(job.id, {1, 1, 0}, "", "{}", now));
      states[job.submission] = SubmissionState::done;
      return;
    }
    const bool lost = below(3) == 0;
    AfterJob after = Fail{};
    states[job.submission] = SubmissionState::failed;
    if (const int what = below(4); what == 0) {
      after = Hold{};
      states[job.submission] = SubmissionState::held;
    } else if (what == 1 && lost) {
      after = Await{now + Milliseconds(below(3000)), "it broke"};
      states[job.submission] = SubmissionState::importing;
    } else if (what < 3) {
      after = Requeue{now + Milliseconds(below(30'000)), below(2) == 0};
      states[job.submission] = SubmissionState::queued;
    }
    std::optional<Time> holds_until;
    if (std::holds_alternative<Await>(after) || (lost && below(2) == 0))
      holds_until = now + Milliseconds(below(60'000));
    ASSERT_TRUE(store->job_ended(job.id, ended(lost ? JobState::lost : JobState::failed, after, holds_until), now));
  }

  void settle_and_retire() {
    const auto seen = store->snapshot(organizations, now).value();
    for (const auto& organization : seen.organizations) {
      for (const auto job : organization.lost_over) ASSERT_TRUE(store->settle_lost(job, now));
      for (const auto& due : organization.looks) settle_looked_for(due.job);
    }
    for (const auto id : seen.to_retire) {
      if (below(2) == 0) {
        ASSERT_TRUE(store->mark_retired(id, "/x", now));
      } else {
        ASSERT_TRUE(store->retire_later(id, "full", now + Milliseconds(below(60'000)), now));
      }
    }
  }

  void settle_looked_for(JobId job) {
    const auto id = store->find_job(job).value().submission;
    switch (below(3)) {
      case 0:
        ASSERT_TRUE(store->look_again(job, below(2) == 0, now + Milliseconds(below(10'000))));
        return;
      case 1:
        ASSERT_TRUE(store->settle_lost(
            job, LostEnd{LostFate::landed, std::vector{PartSuccess{id, {1, 1, 0}, ""}}, "", "", ""}, now));
        states[id] = SubmissionState::done;
        return;
      default:
        ASSERT_TRUE(store->settle_lost(job, LostEnd{LostFate::not_landed, Requeue{now, false}, "why", "", ""}, now));
        states[id] = SubmissionState::queued;
    }
  }

  // Tries what it likes; whether it happens must be what the table of legal changes says.
  void decide_as_a_person() {
    if (states.empty()) return;
    auto chosen = states.begin();
    std::advance(chosen, below(static_cast<int>(states.size())));
    auto& [id, state] = *chosen;
    const std::array wanted{SubmissionState::queued, SubmissionState::cancelled, SubmissionState::held,
                            SubmissionState::failed};
    const auto to = wanted[static_cast<std::size_t>(below(4))];
    bool happened = false;
    if (to == SubmissionState::queued) happened = store->release(id, now).has_value();
    if (to == SubmissionState::cancelled) happened = store->discard(id, now).has_value();
    if (to == SubmissionState::held) happened = store->hold(id, "why", "", now).has_value();
    if (to == SubmissionState::failed) happened = store->fail(id, "why", "", now).has_value();
    EXPECT_EQ(happened, is_legal(state, to) && state != SubmissionState::importing)
        << to_string(state) << " " << to_string(to);
    if (happened) state = to;
  }

  void charge(const std::string& organization, const zoho::RequestCost& what) {
    charges[organization].push_back({now, what});
    int bulk = 0;
    int metadata = 0;
    for (const auto& [at, cost_then] : charges[organization]) {
      if (at + Milliseconds(60'000) <= now) continue;
      bulk += cost_then.bulk;
      metadata += cost_then.metadata;
    }
    EXPECT_LE(bulk, 6);
    EXPECT_LE(metadata, 4);
    EXPECT_LE(bulk + metadata, 8);
  }

  std::map<std::int64_t, LaneByScan> scan_lanes() {
    std::map<std::int64_t, LaneByScan> lanes;
    Query lane(store->database(), "SELECT id, parallel FROM lane");
    while (lane.step()) lanes[lane.get<std::int64_t>(0)].parallel = lane.get<bool>(1);
    Query submission(store->database(), "SELECT lane, id, accepted_at, not_before, state FROM submission");
    while (submission.step()) {
      const auto id = submission.get<SubmissionId>(1);
      const auto not_before = submission.get<std::optional<Time>>(3);
      EXPECT_EQ(submission.get<std::string>(4), to_string(states.at(id)));
      if (submission.get<std::string>(4) != "queued") continue;
      lanes[submission.get<std::int64_t>(0)].queued.push_back(
          {id, not_before.value_or(submission.get<Time>(2)), not_before.value_or(Time{})});
    }
    Query job(store->database(), "SELECT lane, state, holds_slot_until FROM job");
    while (job.step()) {
      const auto state = job.get<std::string>(1);
      const bool open = state == "uploading" || state == "running";
      if (open || job.get<std::optional<Time>>(2)) ++lanes[job.get<std::int64_t>(0)].running;
    }
    return lanes;
  }

  void check() {
    std::map<std::string, int> slots;
    const auto lanes = scan_lanes();
    Query row(store->database(), "SELECT id, organization, running, head_id, head_at FROM lane");
    while (row.step()) {
      const auto& lane = lanes.at(row.get<std::int64_t>(0));
      const auto head = lane.head();
      EXPECT_EQ(row.get<int>(2), lane.running);
      EXPECT_EQ(row.get<std::optional<SubmissionId>>(3), head ? std::optional(head->id) : std::nullopt);
      const Time head_at = row.get<Time>(4);
      const bool its_time_came = head && head_at == Time{} && head->start_at <= now;
      EXPECT_TRUE(its_time_came || head_at == (head ? head->start_at : Time{}));
      if (!lane.parallel) {
        EXPECT_LE(lane.running, 1);
      }
      slots[row.get<std::string>(1)] += lane.running;
    }
    EXPECT_LE(slots["main"], 3);
    EXPECT_LE(slots["other"], 2);
  }

  // Every line that may start is offered, as far as its route has fewer than there are slots, and no other.
  void check_ready(const OrganizationSnapshot& seen, const OrganizationLimits& organization) {
    const auto lanes = scan_lanes();
    std::map<std::string, int> startable;
    Query row(store->database(),
              "SELECT l.id, s.route FROM lane l JOIN submission s ON s.id = l.head_id WHERE l.organization = ?",
              organization.name);
    while (row.step()) {
      const auto& lane = lanes.at(row.get<std::int64_t>(0));
      if (lane.head()->start_at <= now && (lane.running == 0 || lane.parallel)) ++startable[row.get<std::string>(1)];
    }
    std::map<std::string, int> offered;
    for (const auto& candidate : seen.ready) ++offered[candidate.route];
    for (auto& [route, count] : startable) count = std::min(count, organization.max_jobs);
    EXPECT_EQ(offered, startable);
  }

  std::mt19937 random;
  std::vector<OrganizationLimits> organizations;
  Time now = start;
  std::map<SubmissionId, SubmissionState> states;
  std::map<std::string, std::vector<std::pair<Time, zoho::RequestCost>>> charges;
};

TEST_P(RandomWalk, NeverLeavesWhatALookOverAllRowsWouldFind) {
  for (int i = 0; i < 400 && !HasFailure(); ++i) {
    step();
    check();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomWalk, ::testing::Range(1U, 9U));

}  // namespace
}  // namespace dropload::queue
