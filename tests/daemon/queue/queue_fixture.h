#pragma once

// A queue in a directory of its own, with words for what most tests do to it.

#include <gtest/gtest.h>

#include "daemon/queue/store.h"
#include "tests/support/temporary_directory.h"

namespace dropload::queue {

inline constexpr Time start{1'700'000'000'000};

inline constexpr std::array submission_states{
    SubmissionState::queued, SubmissionState::importing, SubmissionState::done,      SubmissionState::failed,
    SubmissionState::held,   SubmissionState::cancelled, SubmissionState::superseded};
inline constexpr std::array job_states{JobState::uploading, JobState::running, JobState::succeeded, JobState::failed,
                                       JobState::lost};

inline Time at_second(std::int64_t seconds) {
  return start + Milliseconds(seconds * 1000);
}

template <typename T>
Errc code_of(const Result<T>& result) {
  return result.has_error() ? result.error().code : Errc{};
}

struct Made {
  std::string table = "Orders";
  std::string route = "sales";
  std::string organization = "main";
  bool parallel = false;
  Time at = start;
};

class QueueTest : public ::testing::Test {
 protected:
  QueueTest() { open(); }

  void open() { store = Store::open(path()).value(); }
  void restart() {
    store.reset();
    open();
  }
  [[nodiscard]] std::filesystem::path path() const { return directory.path() / "queue.db"; }

  NewSubmission made(const Made& how = {}) {
    NewSubmission s;
    s.id = store->reserve_id();
    s.route = how.route;
    s.table = {how.organization, "Demo", how.table};
    s.parallel = how.parallel;
    s.file_name = "orders.csv";
    s.size = 100;
    s.sha256 = "ab";
    s.accepted_at = how.at;
    return s;
  }
  SubmissionId accept(const Made& how = {}) { return store->accept(made(how)).value().id; }

  JobId begin(SubmissionId id, Time now = start) { return store->begin_job(id, limits, cost, now).value().id; }
  JobId run(SubmissionId id, Time now = start) {
    const JobId job = begin(id, now);
    EXPECT_TRUE(store->mark_whole_sent(job));
    EXPECT_TRUE(store->job_accepted(job, "77", "remote-" + std::to_string(job), now + Milliseconds(2000), now));
    return job;
  }
  void succeed(JobId job, Time now = start) { ASSERT_TRUE(store->job_succeeded(job, {10, 10, 0}, "", "{}", now)); }

  static JobEnd ended(JobState state, AfterJob after, std::optional<Time> holds_slot_until = {}) {
    JobEnd end;
    end.state = state;
    end.after = after;
    end.code = 7005;
    end.reason = "the service had trouble";
    end.advice = "wait";
    end.summary = "{\"x\":1}";
    end.holds_slot_until = holds_slot_until;
    return end;
  }

  SubmissionState state_of(SubmissionId id) { return store->find(id).value().state; }
  OrganizationSnapshot look(Time now = start) { return store->snapshot({limits}, now).value().organizations.front(); }
  std::vector<SubmissionId> ready(Time now = start) {
    std::vector<SubmissionId> ids;
    for (const auto& candidate : look(now).ready) ids.push_back(candidate.submission);
    return ids;
  }
  std::vector<std::string> timeline(SubmissionId id) {
    std::vector<std::string> what;
    for (const auto& event : store->events_of(id).value()) what.push_back(event.what);
    return what;
  }

  test::TemporaryDirectory directory;
  std::unique_ptr<Store> store;
  OrganizationLimits limits{.name = "main"};
  zoho::RequestCost cost{.bulk = 1, .metadata = 1};
};

}  // namespace dropload::queue
