#pragma once

// The invariants of the architecture, looked at from outside: what the queue has written against what a model of the
// service has seen and where the originals lie.
//
//   1  every accepted file has its row, and its original is where the row says
//   2  no rows are in twice, nothing is called done that is not in, or failed that is
//   3  no more jobs than slots at the service, and none there without a slot here
//   4  one job for a table, in order of arrival
//   5  no call over the budget
//   6  each summary is read within its hour and kept; what is forgotten first is polled first
//   7  each original ends in one place, the right one
//   8  no attempt is spent but on a failure of the service; who has nothing to do sleeps

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/bench/simulator/client.h"

namespace dropload::sim {

using Services = std::map<std::string, std::unique_ptr<ServiceModel>>;

class Invariants {
 public:
  Invariants(Client& client, const Services& services, const Originals& originals)
      : client_(client), services_(services), originals_(originals) {}

  void accepted(const queue::NewSubmission& submission) { accepted_[submission.id] = submission; }
  // A person has decided to send it again, whatever came of it before.
  void sent_again(queue::SubmissionId id) { sent_again_.insert(id); }

  // After each step, with the client up; `now` is virtual.
  void check(Time now);
  void check_plan(const queue::Snapshot& snapshot, const schedule::Plan& plan, Time now);
  // When nothing happens any more.
  void check_end(Time now);

  [[nodiscard]] int steps() const { return steps_; }
  // What is wrong, with the step.
  std::vector<std::string> broken;

 private:
  struct Row {
    std::string state;
    bool retired = false;
    auto operator<=>(const Row&) const = default;
  };
  void say(std::string what);
  void say_all(const std::vector<std::string>& what);
  void check_submissions();
  void check_rows_in(queue::SubmissionId id, const std::string& state, int attempts);
  void check_original(queue::SubmissionId id);
  void check_slots(Time now);
  void check_lines();
  void check_new_jobs();
  void check_summaries(Time now);
  [[nodiscard]] bool may_be_in_twice(const queue::NewSubmission& submission) const;

  Client& client_;
  const Services& services_;
  const Originals& originals_;
  std::map<queue::SubmissionId, queue::NewSubmission> accepted_;
  std::set<queue::SubmissionId> sent_again_;
  std::map<queue::SubmissionId, Row> seen_;
  queue::JobId newest_job_ = 0;
  int steps_ = 0;
};

}  // namespace dropload::sim
