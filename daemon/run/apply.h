#pragma once

// From a verdict to the store: one transaction, one log line, and the pause that comes with it.

#include <string>

#include "daemon/run/context.h"

namespace dropload::run {

// What apply needs beside the verdict.
struct Applied {
  queue::Job job;
  std::string organization;
  std::string workspace_id;  // of an accepted job
  std::string remote_id;     // likewise
  std::optional<int> code;   // of a job that runs on
  std::string message;       // likewise: why a poll failed, "" when it did not
  std::string summary;       // job details verbatim, at the end
  bool calls_back = false;   // the create call asked for a callback
};

// The store's error when it could not be written: stale when somebody else has settled the job, others see firmly.h.
http::Awaitable<Result<void>> apply(Context& context, Applied applied, schedule::Verdict verdict);

// After a refusal that says that the account was used too fast: its window closes and its pace halves, before anything
// else is begun.
http::Awaitable<void> slow_down_if_told(Context& context, std::string organization, target::Refused refused);

// Writes the pause, and remembers it, unless a longer one is in force.
http::Awaitable<void> apply_pause(Context& context, std::string organization, queue::Pause pause);

// A call was answered: when the organization is paused because the service could not be reached, that is over. Before
// the answer's verdict, which forgets that it could not.
http::Awaitable<void> end_outage(Context& context, std::string organization);
// Only the pause of a verdict.
http::Awaitable<void> apply_pause(Context& context, std::string organization, queue::Pause pause);

// "submission 41 (sales.csv to Main/sales)".
std::string name_of(const queue::Submission& submission);
// " and 299 more" of a job that carries several, else "".
std::string and_others(const queue::Job& job);

}  // namespace dropload::run
