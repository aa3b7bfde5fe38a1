#include "common/base/log.h"
#include "daemon/app_service.h"
#include "daemon/cli/commands.h"
#include "daemon/config_values.h"

namespace dropload::cli {
namespace {

struct ServiceOptions {
  std::string config;
  std::string listen;
  std::string data;
  std::vector<std::string> workspaces;
  bool allow_remote = false;
  bool no_limits = false;
  bool faults = false;
  bool check = false;
};

// What the command line says, over what the file says.
Result<void> put_over(const ServiceOptions& options, ServiceFile& file) {
  if (!options.listen.empty()) {
    auto endpoint = config::parse_endpoint(options.listen);
    if (!endpoint) return endpoint.error().while_doing("--listen");
    file.address = endpoint->address;
    file.port = endpoint->port;
  }
  if (!options.data.empty()) file.data_directory = options.data;
  if (!options.workspaces.empty()) {
    if (!file.organizations.empty()) {
      return error(Errc::invalid_argument,
                   "--workspace is for a service without organizations in its file; write workspaces there");
    }
    file.organizations.emplace_back();
    file.organizations.front().name = "dropload";
    file.organizations.front().workspaces = options.workspaces;
  }
  if (options.allow_remote) file.allow_remote = true;
  if (options.no_limits) file.limits = false;
  if (options.faults) file.faults = true;
  if (const auto objection = objection_to_address(file)) return Error{Errc::invalid_argument, *objection};
  return {};
}

Exit serve_imports(const ServiceOptions& options, Surroundings& surroundings) {
  LoadedServiceFile loaded;
  if (!options.config.empty()) loaded = load_service_file(options.config);
  if (!loaded.problems.empty()) {
    surroundings.err << describe(loaded.problems, options.config);
    return Exit::error;
  }
  auto done = put_over(options, loaded.file);
  if (done && options.check) {
    surroundings.out << fmt::format("OK: {} organizations in {}\n", loaded.file.organizations.size(), options.config);
    return Exit::success;
  }
  if (done) done = set_up_log(loaded.file.log_level);
  if (done) done = run_service(loaded.file, surroundings.out);
  if (done) return Exit::success;
  surroundings.err << "dropload: " << done.error().message << "\n";
  return Exit::error;
}

}  // namespace

void add_service(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ServiceOptions>();
  CLI::App* command = app.add_subcommand("service", "Run the import service alone: a local twin of the import API");
  command->add_option("--listen", options->listen, "Address and port (default 127.0.0.1:8788; port 0: any)");
  command->add_option("--data", options->data, "Its directory, made when missing (default ./dropload-service)");
  CLI::Option* config = command->add_option("--config", options->config,
                                            "Organizations, workspaces, credentials: see config/service.toml");
  command->add_option("--workspace", options->workspaces, "A workspace to have in the place of Main; may be repeated")
      ->allow_extra_args(false);
  command->add_flag("--allow-remote", options->allow_remote, "Listen where other machines reach it, unencrypted");
  command->add_flag("--no-limits", options->no_limits, "Do not refuse calls for being too many");
  command->add_flag("--faults", options->faults, "Let faults be set at /admin/faults, for rehearsals");
  command->add_flag("--check", options->check, "Report every problem in the file, and serve nothing")->needs(config);
  command->footer(
      "It prints the ids of its organization and workspaces and a line that imports a small table. Unless --config "
      "names\ncredentials, any client id, secret and refresh token will do. SIGTERM or SIGINT: it stops; a second one "
      "ends it at once.\nAccepted jobs are finished by the next start.\n\n"
      "Examples:\n"
      "  dropload service\n"
      "  dropload service --listen 127.0.0.1:8788 --data /tmp/twin --workspace Sales --workspace Stock\n"
      "  dropload service --data /tmp/twin --faults --no-limits\n"
      "  dropload service --config service.toml\n"
      "  dropload service --config service.toml --check");
  command->callback([options, &chosen] { chosen = [options](Surroundings& s) { return serve_imports(*options, s); }; });
}

}  // namespace dropload::cli
