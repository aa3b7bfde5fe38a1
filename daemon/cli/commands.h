#pragma once

// One command a file. Each function adds its command to the app; when it is the one on the command line, parsing leaves
// what it does in `chosen`.

#include <functional>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "daemon/cli/cli.h"

namespace dropload::cli {

using Action = std::function<Exit(Surroundings&)>;

void add_serve(CLI::App& app, Action& chosen);
void add_service(CLI::App& app, Action& chosen);
void add_submit(CLI::App& app, Action& chosen);
void add_list(CLI::App& app, Action& chosen);
void add_show(CLI::App& app, Action& chosen);
void add_release(CLI::App& app, Action& chosen);
void add_discard(CLI::App& app, Action& chosen);
void add_cancel(CLI::App& app, Action& chosen);
void add_retry(CLI::App& app, Action& chosen);
void add_priority(CLI::App& app, Action& chosen);
void add_pause(CLI::App& app, Action& chosen);
void add_resume(CLI::App& app, Action& chosen);
void add_routes(CLI::App& app, Action& chosen);
void add_ignored(CLI::App& app, Action& chosen);
void add_organizations(CLI::App& app, Action& chosen);
void add_check(CLI::App& app, Action& chosen);
void add_version(CLI::App& app, Action& chosen);

// What all clients of the REST API take.
struct ClientOptions {
  std::string url = "http://127.0.0.1:8787";
  bool json = false;
};
void add_client_options(CLI::App& command, ClientOptions& options);

}  // namespace dropload::cli
