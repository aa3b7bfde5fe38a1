#pragma once

// A runner whose files travel in batches of two records.

#include "tests/daemon/run/runner_fixture.h"

namespace dropload::run {

// Three batches: each has room for two records beside the header.
inline constexpr auto five_rows = "a,b\n1,x\n2,y\n3,z\n4,v\n5,w\n";
inline constexpr auto batch_1 = "a,b\n1,x\n2,y\n";
inline constexpr auto batch_2 = "a,b\n3,z\n4,v\n";
inline constexpr auto batch_3 = "a,b\n5,w\n (last)";
inline constexpr auto closing = "a,b\n (last)";

class SeriesTest : public RunnerTest {
 protected:
  SeriesTest() {
    add_route("update", zoho::ImportType::updateadd);
    for (auto& [name, route] : context_->routes) route.batch_bytes = 12;
  }

  SubmissionId submit_text(const std::string& table, const std::string& text, const std::string& route = "append") {
    return accept(submission_of(table, route), text);
  }
  // The first batch is taken, the second is answered with this.
  void answer_second_with(target::SubmitResult answer) {
    target_->submit_answers = {target::Accepted{"workspace-1", "job-1", {}}, std::move(answer)};
  }
  queue::Job job_of(SubmissionId id) { return jobs_of(id).at(0); }
  void run_until_batches(std::size_t count) {
    run_until([&] { return target_->batches.size() >= count; });
  }
  void look_some_times() {
    runner_->wake();
    run_until([&, looks = 0]() mutable { return ++looks > 5; });
  }
};

}  // namespace dropload::run
