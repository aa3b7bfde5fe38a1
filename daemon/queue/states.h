#pragma once

// The states of a submission and of a job, and which change is legal. The same tables stand as CHECK constraints in the
// schema and are drawn in the README. Pure.
//
//   submission   queued -> importing -> done | failed | held | queued (a new job will carry it)
//                queued -> held | failed | cancelled | superseded
//                held   -> queued (released) | cancelled (discarded)
//   job          uploading -> running | failed | lost
//                running   -> succeeded | failed | lost

#include <optional>
#include <string_view>

namespace dropload::queue {

enum class SubmissionState { queued = 1, importing, done, failed, held, cancelled, superseded };
enum class JobState { uploading = 1, running, succeeded, failed, lost };

std::string_view to_string(SubmissionState state);
std::string_view to_string(JobState state);
std::optional<SubmissionState> parse_submission_state(std::string_view word);
std::optional<JobState> parse_job_state(std::string_view word);

[[nodiscard]] bool is_legal(SubmissionState from, SubmissionState to);
[[nodiscard]] bool is_legal(JobState from, JobState to);

// No change leads out of it; its original can be put where it belongs.
[[nodiscard]] bool is_final(SubmissionState state);
[[nodiscard]] bool is_final(JobState state);

}  // namespace dropload::queue
