#include <CLI/Validators.hpp>

#include "common/base/text.h"
#include "daemon/api/json_types.h"
#include "daemon/cli/query.h"

namespace dropload::cli {
namespace {

struct PauseOptions {
  ClientOptions client;
  std::string what;
  std::string name;
  std::string reason;
};

// "organization" -> /v1/organizations/acme/pause
std::string target_of(const PauseOptions& options, std::string_view verb) {
  auto target = fmt::format("/v1/{}s/{}/{}", options.what, http::percent_encode(options.name), verb);
  if (!options.reason.empty()) target += "?reason=" + http::percent_encode(options.reason);
  return target;
}

Exit say(const PauseOptions& options, Surroundings& surroundings, std::string_view verb, const std::string& done) {
  const auto text = [&](const std::string&) -> Result<std::string> {
    return fmt::format("{} {} {}\n", options.what, escaped(options.name), done);
  };
  return print_answer(options.client, surroundings, http::Verb::post, target_of(options, verb), text);
}

void add_what(CLI::App& command, PauseOptions& options) {
  command.add_option("WHAT", options.what, "organization, route or submission")
      ->required()
      ->check(CLI::IsMember({"organization", "route", "submission"}));
  command.add_option("NAME", options.name, "Its name in the configuration; of a submission its number")->required();
  add_client_options(command, options.client);
}

}  // namespace

void add_pause(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<PauseOptions>();
  CLI::App* command = app.add_subcommand("pause", "Start nothing more of an organization, a route or a submission");
  add_what(*command, *options);
  command->add_option("--reason", options->reason, "Why, for whoever looks at it later");
  command->footer(
      "It lasts until 'dropload resume', restarts included. Files are accepted and wait; jobs that the service has go "
      "on\nand are followed to their end.\n\n"
      "Examples:\n"
      "  dropload pause route sales --reason 'the export is wrong'\n"
      "  dropload pause organization acme\n"
      "  dropload pause submission 41");
  command->callback([options, &chosen] {
    chosen = [options](Surroundings& s) {
      return say(*options, s, "pause", "is paused until 'dropload resume': nothing more of it is started");
    };
  });
}

void add_resume(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<PauseOptions>();
  CLI::App* command = app.add_subcommand("resume", "Take back a pause");
  add_what(*command, *options);
  command->footer(
      "A pause that came by the service's word (no slot, no budget, unreachable) is lifted too, and it is tried at "
      "once.\n\n"
      "Examples:\n"
      "  dropload resume route sales\n"
      "  dropload resume organization acme");
  command->callback(
      [options, &chosen] { chosen = [options](Surroundings& s) { return say(*options, s, "resume", "goes on"); }; });
}

}  // namespace dropload::cli
