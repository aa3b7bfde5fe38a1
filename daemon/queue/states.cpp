#include "daemon/queue/states.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dropload::queue {
namespace {

constexpr std::array submission_words{
    std::pair{SubmissionState::queued, std::string_view("queued")},
    std::pair{SubmissionState::importing, std::string_view("importing")},
    std::pair{SubmissionState::done, std::string_view("done")},
    std::pair{SubmissionState::failed, std::string_view("failed")},
    std::pair{SubmissionState::held, std::string_view("held")},
    std::pair{SubmissionState::cancelled, std::string_view("cancelled")},
    std::pair{SubmissionState::superseded, std::string_view("superseded")},
};

constexpr std::array job_words{
    std::pair{JobState::uploading, std::string_view("uploading")},
    std::pair{JobState::running, std::string_view("running")},
    std::pair{JobState::succeeded, std::string_view("succeeded")},
    std::pair{JobState::failed, std::string_view("failed")},
    std::pair{JobState::lost, std::string_view("lost")},
};

using enum SubmissionState;
constexpr std::array submission_changes{
    std::pair{queued, importing},
    std::pair{queued, held},
    std::pair{queued, SubmissionState::failed},
    std::pair{queued, cancelled},
    std::pair{queued, superseded},
    std::pair{importing, done},
    std::pair{importing, SubmissionState::failed},
    std::pair{importing, held},
    std::pair{importing, queued},
    std::pair{held, queued},
    std::pair{held, cancelled},
};

constexpr std::array job_changes{
    std::pair{JobState::uploading, JobState::running}, std::pair{JobState::uploading, JobState::failed},
    std::pair{JobState::uploading, JobState::lost},    std::pair{JobState::running, JobState::succeeded},
    std::pair{JobState::running, JobState::failed},    std::pair{JobState::running, JobState::lost},
};

template <typename Table, typename State>
std::string_view word_of(const Table& table, State state) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.first == state; });
  return found == table.end() ? "unknown" : found->second;
}

template <typename Table>
auto state_of(const Table& table, std::string_view word) -> std::optional<decltype(table.front().first)> {
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.second == word; });
  if (found == table.end()) return std::nullopt;
  return found->first;
}

template <typename Table, typename State>
bool has(const Table& table, State from, State to) {
  return std::find(table.begin(), table.end(), std::pair{from, to}) != table.end();
}

}  // namespace

std::string_view to_string(SubmissionState state) {
  return word_of(submission_words, state);
}
std::string_view to_string(JobState state) {
  return word_of(job_words, state);
}

std::optional<SubmissionState> parse_submission_state(std::string_view word) {
  return state_of(submission_words, word);
}
std::optional<JobState> parse_job_state(std::string_view word) {
  return state_of(job_words, word);
}

bool is_legal(SubmissionState from, SubmissionState to) {
  return has(submission_changes, from, to);
}
bool is_legal(JobState from, JobState to) {
  return has(job_changes, from, to);
}

bool is_final(SubmissionState state) {
  return std::none_of(submission_changes.begin(), submission_changes.end(),
                      [&](const auto& row) { return row.first == state; });
}

bool is_final(JobState state) {
  return std::none_of(job_changes.begin(), job_changes.end(), [&](const auto& row) { return row.first == state; });
}

}  // namespace dropload::queue
