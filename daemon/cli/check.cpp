#include "daemon/api/json_types.h"
#include "daemon/cli/commands.h"
#include "daemon/config.h"

namespace dropload::cli {
namespace {

struct CheckOptions {
  std::string file;
  bool json = false;
};

std::string json_text(const LoadedConfig& loaded) {
  api::Json problems = api::Json::array();
  for (const auto& problem : loaded.problems) {
    problems.push_back(api::Json{{"line", problem.line}, {"column", problem.column}, {"message", problem.message}});
  }
  api::Json document;
  document["ok"] = loaded.problems.empty();
  document["problems"] = std::move(problems);
  return document.dump(-1, ' ', false, api::Json::error_handler_t::replace) + "\n";
}

Exit check(const CheckOptions& options, Surroundings& surroundings) {
  const auto loaded = load_config(options.file);
  const bool fine = loaded.problems.empty();
  if (options.json) {
    surroundings.out << json_text(loaded);
  } else if (fine) {
    surroundings.out << fmt::format("OK: {} organizations, {} routes in {}\n", loaded.config.organizations.size(),
                                    loaded.config.routes.size(), options.file);
  } else {
    surroundings.err << describe(loaded, options.file);
  }
  return fine ? Exit::success : Exit::error;
}

}  // namespace

void add_check(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand("check", "Read a configuration file and report every problem in it");
  command->add_option("--config", options->file, "The configuration file")->required();
  command->add_flag("--json", options->json, "Print the result as JSON, for programs");
  command->footer(
      "Exits 0 when the daemon would start with it, otherwise 1. The file of the import service alone is checked by\n"
      "dropload service --config F --check.\n\n"
      "Example:\n"
      "  dropload check --config /etc/dropload/dropload.toml");
  command->callback([options, &chosen] { chosen = [options](Surroundings& s) { return check(*options, s); }; });
}

}  // namespace dropload::cli
