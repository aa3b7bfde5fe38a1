#include "daemon/cli/cli.h"

#include <iostream>

#include <unistd.h>

#include "daemon/cli/commands.h"

namespace dropload::cli {
namespace {

constexpr const char* examples =
    "Examples:\n"
    "  dropload check --config /etc/dropload/dropload.toml\n"
    "  dropload serve --config /etc/dropload/dropload.toml\n"
    "  dropload service --data /tmp/twin\n"
    "  dropload submit --route sales --wait sales_2026-11-23.csv\n"
    "  dropload list --state held\n"
    "  dropload show 41\n"
    "  dropload pause route sales --reason 'the export is wrong'\n"
    "'dropload COMMAND --help' says more about each command.";

void add_commands(CLI::App& app, Action& chosen) {
  for (const auto add :
       {add_serve, add_service, add_submit, add_list, add_show, add_routes, add_ignored, add_organizations, add_pause,
        add_resume, add_cancel, add_retry, add_priority, add_release, add_discard, add_check, add_version})
    add(app, chosen);
}

}  // namespace

void add_client_options(CLI::App& command, ClientOptions& options) {
  command.add_option("--url", options.url, "Where the daemon listens")->envname("DROPLOAD_URL")->capture_default_str();
  command.add_flag("--json", options.json, "Print the answer as JSON, for programs");
}

Exit run(const std::vector<std::string>& arguments, Surroundings& surroundings) {
  CLI::App app(
      "dropload imports files into Zoho Analytics tables: drop a file into a directory, or submit it, and it ends up "
      "as rows.",
      "dropload");
  app.set_version_flag("--version", "dropload " DROPLOAD_VERSION);
  app.footer(examples);
  app.require_subcommand(1);
  Action chosen;
  add_commands(app, chosen);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them last first
  } catch (const CLI::ParseError& e) {
    return app.exit(e, surroundings.out, surroundings.err) == 0 ? Exit::success : Exit::error;
  }
  return chosen(surroundings);
}

int run(int argc, char** argv) {
  const SystemClock clock;
  Surroundings surroundings{std::cout, std::cerr, isatty(STDOUT_FILENO) != 0, clock,
                            [](Milliseconds duration) { std::this_thread::sleep_for(duration); }};
  try {
    return static_cast<int>(run(std::vector<std::string>(argv + 1, argv + argc), surroundings));
  } catch (const std::exception& e) {
    std::cerr << "dropload: " << e.what() << "\n";
    return static_cast<int>(Exit::error);
  }
}

}  // namespace dropload::cli
