#pragma once

// One logger for the process. Use spdlog's own calls (spdlog::info("submission {} done", id)); this file only sets it
// up. Under systemd (JOURNAL_STREAM is set and is our stderr) lines carry the journal's priority prefix and no time;
// elsewhere a time and a level. Lines go to stderr. Never log a token, a secret, a query string of a token request, or
// file contents.
//
// Levels: error = a person must act; warn = something is wrong and we cope; info = something happened to a file, a job
// or the daemon itself (one line for each); debug = each remote call. Idle is silent.

#include <string_view>

#include "common/base/result.h"

namespace dropload {

// level: "debug" "info" "warn" "error". Fails with invalid_argument and the list of words for any other.
Result<void> set_up_log(std::string_view level);

}  // namespace dropload
