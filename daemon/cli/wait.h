#pragma once

// Follows accepted submissions to their end: submit --wait.

#include <optional>
#include <string>
#include <vector>

#include "daemon/api/json_types.h"
#include "daemon/cli/api_client.h"
#include "daemon/cli/cli.h"
#include "daemon/cli/progress.h"

namespace dropload::cli {

// How long to wait before the next look: soon at first, then more slowly. Pure.
Milliseconds pause_before_look(Milliseconds waited);

// What a submission that has ended, or is held, means for the exit code; nothing while it is on its way. Pure. Done
// without row counts does not count as all rows in.
std::optional<Exit> exit_of(const queue::Submission& submission);

struct Followed {
  queue::Submission submission;  // as it was seen last
  std::string document;          // the same as the daemon's JSON
};

// Of one that was held or has ended as it was accepted (a duplicate): that, and what to do. Nothing of any other.
void say_if_it_does_not_wait(const queue::Submission& submission, Progress& progress);

// Looks at each until all have ended or are held, or `timeout` has passed (nothing: no limit). Updates `followed`,
// shows what changes, and gives the worst outcome. A failure of the daemon meanwhile ends the waiting and is told on
// the error stream.
Exit wait_for(ApiClient& client, std::vector<Followed>& followed, std::optional<Milliseconds> timeout,
              Surroundings& surroundings, Progress& progress);

}  // namespace dropload::cli
