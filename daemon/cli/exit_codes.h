#pragma once

// What a command exits with. The same for all commands; documented in `dropload submit --help`.

#include <algorithm>
#include <array>

namespace dropload::cli {

enum class Exit {
  success = 0,        // what was asked for was done; submit --wait: every row of every file landed
  error = 1,          // wrong usage, a missing file, a refused request, a wrong configuration
  rows_rejected = 2,  // submit --wait: imported, but not every row landed
  failed = 3,         // submit --wait: the import failed, or was cancelled
  held = 4,           // submit --wait: a person must decide
  timed_out = 5,      // submit --wait: not ended within --timeout
  not_accepted = 6,   // submit: the daemon did not take the file
  not_running = 7     // no daemon answers
};

inline constexpr const char* exit_codes_help =
    "Exit codes:\n"
    "  0  done; with --wait: every row of every file landed\n"
    "  1  wrong usage, a missing file, or any other error\n"
    "  2  imported, but not every row landed\n"
    "  3  the import failed or was cancelled\n"
    "  4  held: a person must decide\n"
    "  5  not ended within --timeout\n"
    "  6  the daemon did not accept the file\n"
    "  7  the daemon is not running\n"
    "With several files, the worst of them in the order 0 2 4 5 3 6 7 1.\n";

// The worse of the outcomes of two files.
constexpr Exit worse(Exit a, Exit b) {
  constexpr std::array from_best_to_worst{Exit::success, Exit::rows_rejected, Exit::held,        Exit::timed_out,
                                          Exit::failed,  Exit::not_accepted,  Exit::not_running, Exit::error};
  const auto rank = [&](Exit exit) { return std::find(from_best_to_worst.begin(), from_best_to_worst.end(), exit); };
  return rank(a) < rank(b) ? b : a;
}

}  // namespace dropload::cli
