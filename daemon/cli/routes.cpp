#include "daemon/cli/format.h"
#include "daemon/cli/query.h"

namespace dropload::cli {
namespace {

Result<std::string> routes_shown(const std::string& body) {
  const auto routes = api::decode_routes(body);
  if (!routes) return routes.error();
  return routes_text(*routes);
}

Result<std::string> organizations_shown(const std::string& body) {
  const auto organizations = api::decode_organizations(body);
  if (!organizations) return organizations.error();
  return organizations_text(*organizations);
}

}  // namespace

void add_routes(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ClientOptions>();
  CLI::App* command = app.add_subcommand("routes", "Show the routes, and which are paused");
  add_client_options(*command, *options);
  command->footer(
      "Example:\n"
      "  dropload routes");
  command->callback([options, &chosen] {
    chosen = [options](Surroundings& s) {
      return print_answer(*options, s, http::Verb::get, "/v1/routes", routes_shown);
    };
  });
}

void add_organizations(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ClientOptions>();
  CLI::App* command = app.add_subcommand("organizations", "Show the organizations, their slots, and which are paused");
  add_client_options(*command, *options);
  command->footer(
      "Example:\n"
      "  dropload organizations");
  command->callback([options, &chosen] {
    chosen = [options](Surroundings& s) {
      return print_answer(*options, s, http::Verb::get, "/v1/organizations", organizations_shown);
    };
  });
}

}  // namespace dropload::cli
