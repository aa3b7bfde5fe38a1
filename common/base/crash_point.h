#pragma once

// Named moments at which a crash matters. A crash test starts the real binary with DROPLOAD_CRASH_AT=<name> (or
// <name>:<n> for the n-th time) and the process kills itself there with SIGKILL, as a power cut or an OOM killer would.
// Without the variable a point costs one load of a flag.

#include <string_view>

namespace dropload {

// Any thread.
void crash_point(std::string_view name);

}  // namespace dropload
