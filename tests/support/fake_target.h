#pragma once

// A Target that answers what a test has prepared, and remembers what it was asked.

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "daemon/target/target.h"

namespace dropload::test {

class FakeTarget final : public target::Target {
 public:
  // Answers for calls in order; when there are none left: accepted as job "job-<n>", and completed with the rows below.
  std::deque<target::SubmitResult> submit_answers;
  std::deque<target::StatusResult> status_answers;
  std::deque<target::LookResult> look_answers;  // then: never imported into
  zoho::ImportSummary summary{"APPEND", 2, 2, 10, 10, 0, "updated"};

  // What was asked.
  std::vector<std::string> submitted;      // file names
  std::vector<std::string> bodies;         // what was sent
  std::vector<std::string> polled;         // job ids
  std::vector<std::string> batches;        // of submits of batches: lead and bytes, " (last)" behind the last
  zoho::ImportOptions options;             // of the last submit
  std::vector<std::string> looked_at;      // tables
  std::vector<std::string> callback_urls;  // of submits
  int under_way = 0;                       // submits now
  int most_under_way = 0;

  // When set, a submit waits for this after its last piece was announced (or before, with `hang_before_last_piece`).
  bool hang = false;
  bool hang_before_last_piece = false;
  // Called when the service has answered a call, before the caller hears of it.
  std::function<void()> answering = [] {};

  [[nodiscard]] zoho::RequestCost cost_of_submit(const queue::TableKey&) const override { return {1, 0}; }
  target::Awaitable<target::SubmitResult> submit(target::SubmitRequest request) override;
  target::Awaitable<target::StatusResult> status(std::string workspace_id, std::string job_id) override;
  [[nodiscard]] zoho::RequestCost cost_of_look(const queue::TableKey&) const override { return {0, 1}; }
  target::Awaitable<target::LookResult> last_import(queue::TableKey table) override;

 private:
  target::SubmitResult next_submit_answer();
};

}  // namespace dropload::test
