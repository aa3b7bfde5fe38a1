#include "daemon/cli/commands.h"

namespace dropload::cli {
namespace {

Exit print_version(bool json, Surroundings& surroundings) {
  surroundings.out << (json ? "{\"version\":\"" DROPLOAD_VERSION "\"}\n" : "dropload " DROPLOAD_VERSION "\n");
  return Exit::success;
}

}  // namespace

void add_version(CLI::App& app, Action& chosen) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand("version", "Show the version of this program");
  command->add_flag("--json", *json, "Print it as JSON, for programs");
  command->callback([json, &chosen] { chosen = [json](Surroundings& s) { return print_version(*json, s); }; });
}

}  // namespace dropload::cli
