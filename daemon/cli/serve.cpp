#include "common/base/log.h"
#include "daemon/app.h"
#include "daemon/cli/commands.h"
#include "daemon/config.h"

namespace dropload::cli {
namespace {

Exit serve(const std::string& file, Surroundings& surroundings) {
  const auto loaded = load_config(file);
  if (!loaded.problems.empty()) {
    surroundings.err << describe(loaded, file);
    return Exit::error;
  }
  auto done = set_up_log(loaded.config.log_level);
  if (done) done = run_daemon(loaded.config);
  if (!done) {
    surroundings.err << "dropload: " << done.error().message << "\n";
    return Exit::error;
  }
  return Exit::success;
}

}  // namespace

void add_serve(CLI::App& app, Action& chosen) {
  auto file = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("serve", "Run the daemon in the foreground");
  command->add_option("--config", *file, "The configuration file")->required();
  command->footer(
      "SIGTERM or SIGINT: no new work is begun, uploads are finished within stop_grace, then it exits 0. A second one "
      "ends "
      "it at once; the next start goes on from there.\n\n"
      "Example:\n"
      "  dropload serve --config /etc/dropload/dropload.toml");
  command->callback([file, &chosen] { chosen = [file](Surroundings& s) { return serve(*file, s); }; });
}

}  // namespace dropload::cli
