#pragma once

// What the commands share that make one call and print its answer.

#include <functional>
#include <string>

#include "daemon/cli/api_client.h"
#include "daemon/cli/commands.h"

namespace dropload::cli {

// Makes the call (GET or POST) and prints the answer: with --json as it came, otherwise as `show` makes it text.
// Failures are told on the error stream.
Exit print_answer(const ClientOptions& options, Surroundings& surroundings, http::Verb verb, std::string target,
                  const std::function<Result<std::string>(const std::string& body)>& show);

// The positional argument ID of a submission.
void add_id(CLI::App& command, std::int64_t& id);

}  // namespace dropload::cli
