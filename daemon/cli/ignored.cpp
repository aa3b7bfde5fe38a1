#include "daemon/cli/format.h"
#include "daemon/cli/query.h"

namespace dropload::cli {
namespace {

struct IgnoredOptions {
  std::string route;
  ClientOptions client;
};

Result<std::string> ignored_shown(const std::string& body) {
  const auto ignored = api::decode_ignored(body);
  if (!ignored) return ignored.error();
  return ignored_text(*ignored);
}

}  // namespace

void add_ignored(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<IgnoredOptions>();
  CLI::App* command =
      app.add_subcommand("ignored", "Show what in the drop directory of a route is left alone, and why");
  command->add_option("ROUTE", options->route, "The name of the route")->required();
  add_client_options(*command, options->client);
  command->footer(
      "Example:\n"
      "  dropload ignored sales");
  command->callback([options, &chosen] {
    chosen = [options](Surroundings& s) {
      return print_answer(options->client, s, http::Verb::get, fmt::format("/v1/routes/{}/ignored", options->route),
                          ignored_shown);
    };
  });
}

}  // namespace dropload::cli
