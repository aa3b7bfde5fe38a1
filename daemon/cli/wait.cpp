#include "daemon/cli/wait.h"

#include "common/base/text.h"
#include "daemon/cli/format.h"

namespace dropload::cli {
namespace {

std::string line_of(const queue::Submission& submission) {
  return fmt::format("{} {}: {}", submission.id, submission.file_name, outcome_text(submission));
}

void say_advice(const queue::Submission& submission, Progress& progress) {
  if (!submission.advice.empty()) progress.say("  " + readable(submission.advice));
}

// Looks at one that has not ended; true when something about it has changed.
Called<bool> look(ApiClient& client, Followed& one) {
  auto body = client.get(fmt::format("/v1/submissions/{}", one.submission.id));
  if (!body) return body.error();
  auto seen = from_result(api::decode_submission(*body));
  if (!seen) return seen.error();
  const bool changed = outcome_text(*seen) != outcome_text(one.submission);
  one = {std::move(*seen), std::move(*body)};
  return changed;
}

Called<std::size_t> look_at_all(ApiClient& client, std::vector<Followed>& followed, Progress& progress) {
  std::size_t under_way = 0;
  std::string first;
  for (auto& one : followed) {
    if (exit_of(one.submission)) continue;
    const auto changed = look(client, one);
    if (!changed) return changed.error();
    const bool ended = exit_of(one.submission).has_value();
    if (!ended && under_way++ == 0) first = line_of(one.submission);
    // A terminal shows what goes on in its updating line.
    if (ended || (*changed && !progress.on_terminal())) progress.say(line_of(one.submission));
    if (ended) say_advice(one.submission, progress);
  }
  const auto others = under_way > 1 ? fmt::format(" (and {} more)", under_way - 1) : "";
  if (under_way > 0) progress.now(first + others);
  return under_way;
}

Exit outcome_of(const std::vector<Followed>& followed, Exit unfinished) {
  Exit worst = Exit::success;
  for (const auto& one : followed) worst = worse(worst, exit_of(one.submission).value_or(unfinished));
  return worst;
}

}  // namespace

Milliseconds pause_before_look(Milliseconds waited) {
  if (waited < Milliseconds(30'000)) return Milliseconds(500);
  if (waited < Milliseconds(300'000)) return Milliseconds(2'000);
  return Milliseconds(5'000);
}

std::optional<Exit> exit_of(const queue::Submission& submission) {
  switch (submission.state) {
    case queue::SubmissionState::queued:
    case queue::SubmissionState::importing:
      return std::nullopt;
    case queue::SubmissionState::done:
      return submission.rows && submission.rows->success == submission.rows->total ? Exit::success
                                                                                   : Exit::rows_rejected;
    case queue::SubmissionState::held:
      return Exit::held;
    case queue::SubmissionState::failed:
    case queue::SubmissionState::cancelled:
    case queue::SubmissionState::superseded:
      return Exit::failed;
  }
  return Exit::failed;
}

void say_if_it_does_not_wait(const queue::Submission& submission, Progress& progress) {
  if (!exit_of(submission)) return;
  progress.say(line_of(submission));
  say_advice(submission, progress);
}

Exit wait_for(ApiClient& client, std::vector<Followed>& followed, std::optional<Milliseconds> timeout,
              Surroundings& surroundings, Progress& progress) {
  const Time began = surroundings.clock.now();
  while (true) {
    const auto under_way = look_at_all(client, followed, progress);
    if (!under_way) {
      progress.now("");
      surroundings.err << "dropload: " << under_way.error().message << "\n"
                       << "What was accepted is kept and goes on when the daemon runs; 'dropload list' shows it.\n";
      return outcome_of(followed, under_way.error().exit);
    }
    if (*under_way == 0) return outcome_of(followed, Exit::error);
    const Milliseconds waited = surroundings.clock.now() - began;
    if (timeout && waited >= *timeout) {
      progress.say(fmt::format("{} not ended after {} s; they go on, and 'dropload list' shows them", *under_way,
                               timeout->count() / 1000));
      return outcome_of(followed, Exit::timed_out);
    }
    Milliseconds pause = pause_before_look(waited);
    if (timeout) pause = std::min(pause, *timeout - waited);
    surroundings.pause(pause);
  }
}

}  // namespace dropload::cli
