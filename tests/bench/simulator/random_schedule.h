#pragma once

// One schedule at random, in virtual time: arrivals of every kind, faults, outages, strangers, what people do, and
// crashes at any step. Equal seeds give equal schedules.

#include "tests/bench/simulator/invariants.h"

namespace dropload::sim {

// What the client takes for true and is not: the check is to find it out.
struct WrongBelief {
  std::optional<int> max_jobs{};
  std::optional<int> calls_a_minute{};
  std::optional<Milliseconds> lost_job_wait{};
};

class RandomSchedule {
 public:
  // `directory` is for its database and files, a new one each time.
  RandomSchedule(unsigned seed, const std::filesystem::path& directory, const WrongBelief& belief = {});

  // To its end, or to the first step that breaks an invariant: what is wrong there.
  std::vector<std::string> run();

  // What has happened in it.
  struct Tally {
    int steps = 0;
    int crashes = 0;
    int jobs = 0;
    int merged = 0;  // jobs of several
    int series = 0;  // jobs in batches
    int lost = 0;
    int sent_again = 0;  // by a person
    int done = 0;        // submissions, likewise the others
    int failed = 0;
    int held = 0;
    int superseded = 0;
    int cancelled = 0;
    Tally& operator+=(const Tally& other);
  };
  Tally tally();
  // All that the queue has written down, and the jobs that the services have seen: for whoever looks into a failure.
  std::string story();

 private:
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  double rarely(double most) { return below(2) == 0 ? 0 : most * below(100) / 100; }
  Milliseconds up_to(Milliseconds most) { return Milliseconds{below(static_cast<int>(most.count()) + 1)}; }
  // When it can be: not while it is down.
  void when_up(Milliseconds wait, std::function<void()> what);

  void make_services(const WrongBelief& belief);
  void make_routes();
  ServiceSettings random_service();
  ServiceFaults random_faults();
  Interval random_interval(int slots);
  void plan_arrivals();
  queue::NewSubmission random_submission();
  void arrive(queue::NewSubmission submission);
  void plan_people();
  void pause_organization();
  void pause_route();
  void change_one();
  void step();

  std::mt19937 random_;
  Events events_;
  Services services_;
  std::map<std::string, Site> sites_;
  std::unique_ptr<Originals> originals_;
  std::unique_ptr<Client> client_;
  std::unique_ptr<Invariants> invariants_;
  std::set<int> crash_at_;
  int crashes_ = 0;
  int sent_again_ = 0;
  queue::SubmissionId newest_ = 0;
};

}  // namespace dropload::sim
