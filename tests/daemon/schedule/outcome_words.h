#pragma once

// Words for tests of verdicts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/schedule/outcome.h"

namespace dropload::schedule {

using queue::JobEnd;
using queue::JobState;
using testing::HasSubstr;

inline constexpr Time asked_at{5'000'000};
inline const OutcomeSettings outcome_settings;
inline const Moment moment{outcome_settings, asked_at, 1.0};

inline JobContext known_job() {
  JobContext job;
  job.forgotten_at = asked_at + Milliseconds{600'000};
  return job;
}
inline const JobContext some_job = known_job();

// The service may have forgotten its result by now.
inline JobContext forgotten(JobContext job) {
  job.forgotten_at = asked_at - Milliseconds{1};
  return job;
}

inline JobEnd end_of(const Verdict& verdict) {
  return std::get<JobEnd>(verdict.what);
}
inline queue::Requeue requeue_of(const Verdict& verdict) {
  return std::get<queue::Requeue>(end_of(verdict).after);
}
inline bool fails(const Verdict& verdict) {
  return std::holds_alternative<queue::Fail>(end_of(verdict).after);
}
inline bool holds(const Verdict& verdict) {
  return std::holds_alternative<queue::Hold>(end_of(verdict).after);
}

inline queue::Await await_of(const Verdict& verdict) {
  return std::get<queue::Await>(end_of(verdict).after);
}

inline RefusedCall call(int status, int code) {
  return {status, code, "no good", {}};
}

inline zoho::JobDetails details(zoho::JobCode code) {
  zoho::JobDetails result;
  result.code = code;
  return result;
}

}  // namespace dropload::schedule
