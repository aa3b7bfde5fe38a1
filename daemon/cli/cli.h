#pragma once

// The command line: `dropload <command> …`. All commands but serve, service and check are clients of the REST API.

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "daemon/cli/exit_codes.h"

namespace dropload::cli {

// What a command works with beside its arguments, so that tests bring their own.
struct Surroundings {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;  // then progress is one line that updates
  const Clock& clock;
  std::function<void(Milliseconds)> pause;  // waits that long
};

// The process's command line, with the process's own streams. Exceptions end here, as a sentence and Exit::error.
int run(int argc, char** argv);

// `arguments` without the program's name.
Exit run(const std::vector<std::string>& arguments, Surroundings& surroundings);

}  // namespace dropload::cli
