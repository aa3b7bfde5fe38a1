// Schedules at random in virtual time: arrivals, faults, outages, strangers, crashes at any step. After every step the
// invariants of the queue are checked against what a model of the service has seen.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/db/query.h"
#include "tests/bench/simulator/client.h"
#include "tests/bench/simulator/run.h"
#include "tests/support/temporary_directory.h"

namespace dropload::sim {
namespace {

using queue::SubmissionId;
using queue::SubmissionState;

constexpr int schedules = 1'000;
constexpr int parts = 8;  // tests, so that they run side by side

class RandomSchedule {
 public:
  RandomSchedule(unsigned seed, const std::filesystem::path& directory) : random_(seed) {
    for (const auto* name : {"acme", "bolt"}) {
      if (name == std::string("bolt") && below(4) != 0) continue;
      const auto settings = random_service();
      services_[name] = std::make_unique<ServiceModel>(settings, random_faults(), seed);
      sites_[name].limits = {.name = name, .max_jobs = settings.max_jobs, .requests = {}};
      sites_[name].limits.requests.bulk = settings.calls_a_minute;
      sites_[name].service = services_[name].get();
    }
    client_ = std::make_unique<Client>(events_, directory / "queue.db", sites_, seed);
    add_route("append", zoho::ImportType::append);
    add_route("replace", zoho::ImportType::truncateadd);
    client_->after_step = [this] { step(); };
    plan_arrivals();
    for (int i = below(4); i > 0; --i) crash_at_.push_back(below(200));
  }

  std::vector<std::string> run() {
    const Time end = events_.now() + std::chrono::hours(48);
    while (broken_.empty() && events_.step(end)) {
    }
    if (broken_.empty()) check_end();
    return broken_;
  }

 private:
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  double rarely(double most) { return below(2) == 0 ? 0 : most * below(100) / 100; }
  Milliseconds up_to(Milliseconds most) { return Milliseconds{below(static_cast<int>(most.count()) + 1)}; }

  ServiceSettings random_service() {
    ServiceSettings settings;
    settings.start_up = up_to(Milliseconds{20'000});
    settings.noise = below(100) / 100.0;
    settings.jitter = up_to(Milliseconds{3'000});
    settings.clock_ahead = up_to(Milliseconds{120'000}) - Milliseconds{60'000};
    settings.max_jobs = std::array{1, 2, 5}[static_cast<std::size_t>(below(3))];
    settings.calls_a_minute = std::array{3, 8, 40}[static_cast<std::size_t>(below(3))];
    return settings;
  }

  ServiceFaults random_faults() {
    ServiceFaults faults;
    faults.lost_answer = rarely(0.1);
    faults.broken_upload = rarely(0.2);
    faults.server_error = rarely(0.2);
    faults.too_fast = rarely(0.1);
    faults.failed_load = rarely(0.2);
    if (below(3) == 0) faults.outages.push_back(random_interval(0));
    if (below(3) == 0) faults.strangers.push_back(random_interval(1 + below(5)));
    return faults;
  }

  Interval random_interval(int slots) {
    const Time from = events_.now() + up_to(std::chrono::minutes(5));
    return {from, from + up_to(std::chrono::minutes(40)), slots};
  }

  void add_route(const std::string& name, zoho::ImportType type) {
    auto& route = client_->routes[name];
    route.name = name;
    route.options.import_type = type;
    route.max_attempts = 3;
  }

  void plan_arrivals() {
    for (int i = 3 + below(20); i > 0; --i) {
      auto at = sites_.begin();
      std::advance(at, below(static_cast<int>(sites_.size())));
      queue::NewSubmission s;
      // A table is appended to or replaced, as its name says.
      const bool replaces = below(3) == 0;
      s.route = replaces ? "replace" : "append";
      s.table = {at->first, "Main", s.route + std::to_string(below(3))};
      s.file_name = "file.csv";
      s.size = static_cast<std::uint64_t>(below(90'000'000));
      if (!replaces && below(2) == 0) s.shape = "a,b";
      s.sha256 = "ab";
      events_.after(up_to(std::chrono::minutes(10)), [this, s] { arrive(s); });
    }
  }

  void arrive(queue::NewSubmission s) {
    if (!client_->is_up()) {
      events_.after(Milliseconds{5'000}, [this, s] { arrive(s); });
      return;
    }
    s.id = client_->store().reserve_id();
    s.accepted_at = events_.now();
    if (!client_->store().accept(s)) broken_.push_back("not accepted");
    accepted_[s.id] = s;
    client_->look();
  }

  void step() {
    ++steps_;
    check();
    if (std::ranges::find(crash_at_, steps_) == crash_at_.end()) return;
    client_->crash();
    events_.after(up_to(std::chrono::minutes(5)), [this] { client_->restart(); });
  }

  void say(std::string what) { broken_.push_back(fmt::format("step {}: {}", steps_, what)); }

  void check() {
    for (const auto& [name, service] : services_) {
      for (const auto& what : service->broken) say(what);
      for (const auto& what : service->out_of_line) say(what);
    }
    for (const auto& what : client_->broken) say(what);
    std::size_t rows = 0;
    db::Query query(client_->store().database(), "SELECT id, state, attempts FROM submission");
    while (query.step()) {
      ++rows;
      check_submission(query.get<SubmissionId>(0), query.get<std::string>(1), query.get<int>(2));
    }
    if (rows != accepted_.size()) say(fmt::format("{} of {} accepted files are left", rows, accepted_.size()));
    check_slots();
  }

  void check_submission(SubmissionId id, const std::string& state, int attempts) {
    const auto& submission = accepted_.at(id);
    const auto& service = *services_.at(submission.table.organization);
    const int landed = service.landed(id);
    if (submission.route == "append" && landed > 1) say(fmt::format("submission {} was imported twice", id));
    if (state == "done" && landed == 0) say(fmt::format("submission {} is done and not in", id));
    // One that replaces may have landed by a job whose answer was lost, and fail when it is sent again.
    if (submission.route == "append" && state == "failed" && landed > 0)
      say(fmt::format("submission {} has failed and is in", id));
    if (attempts > service.failures_of(id)) {
      say(fmt::format("submission {} spent {} attempts on {} failures", id, attempts, service.failures_of(id)));
    }
  }

  // Lost jobs that are not settled hold their slot.
  void check_slots() {
    db::Query held(client_->store().database(),
                   "SELECT organization, count(*) FROM job WHERE holds_slot = 1 GROUP BY organization");
    while (held.step()) {
      const auto name = held.get<std::string>(0);
      if (held.get<int>(1) > sites_.at(name).limits.max_jobs) say("more jobs than slots");
    }
  }

  void check_end() {
    if (!client_->is_up()) return say("it was never restarted");
    check();
    if (client_->wakes_at() && *client_->wakes_at() > events_.now()) say("it is idle and wants to be woken");
    db::Query open(client_->store().database(),
                   "SELECT id, state FROM submission WHERE state NOT IN ('done', 'failed', 'held')");
    while (open.step()) {
      say(fmt::format("submission {} is {} in the end", open.get<SubmissionId>(0), open.get<std::string>(1)));
    }
    db::Query jobs(client_->store().database(),
                   "SELECT remote_id, organization, state FROM job WHERE remote_id IS NOT NULL");
    while (jobs.step()) {
      const auto id = jobs.get<std::string>(0);
      if (jobs.get<std::string>(2) == "lost" || !services_.at(jobs.get<std::string>(1))->jobs().at(id).summary_read) {
        say(fmt::format("the summary of job {} was not read", id));
      }
    }
  }

  std::mt19937 random_;
  Events events_;
  std::map<std::string, std::unique_ptr<ServiceModel>> services_;
  std::map<std::string, Site> sites_;
  std::unique_ptr<Client> client_;
  std::map<SubmissionId, queue::NewSubmission> accepted_;
  std::vector<int> crash_at_;
  int steps_ = 0;
  std::vector<std::string> broken_;
};

class RandomSchedules : public testing::TestWithParam<unsigned> {};

TEST_P(RandomSchedules, KeepTheInvariantsAtEveryStep) {
  const unsigned first = GetParam() * (schedules / parts);
  for (unsigned seed = first; seed < first + schedules / parts; ++seed) {
    const test::TemporaryDirectory directory(quick_place());
    RandomSchedule schedule(seed, directory.path());
    ASSERT_THAT(schedule.run(), testing::IsEmpty()) << "seed " << seed;
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomSchedules, testing::Range(0U, static_cast<unsigned>(parts)));

}  // namespace
}  // namespace dropload::sim
