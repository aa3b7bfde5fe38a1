#include "daemon/cli/commands.h"
#include "daemon/cli/format.h"
#include "daemon/cli/query.h"

namespace dropload::cli {
namespace {

struct ListOptions {
  ClientOptions client;
  std::string state;
  std::string route;
  std::int64_t before = 0;
  int limit = 50;
};

std::string target_of(const ListOptions& options) {
  std::string target = fmt::format("/v1/submissions?limit={}", options.limit);
  if (!options.state.empty()) target += "&state=" + http::percent_encode(options.state);
  if (!options.route.empty()) target += "&route=" + http::percent_encode(options.route);
  if (options.before > 0) target += fmt::format("&before={}", options.before);
  return target;
}

Result<std::string> page_text(const std::string& body) {
  const auto page = api::decode_page(body);
  if (!page) return page.error();
  return list_text(*page);
}

Exit list(const ListOptions& options, Surroundings& surroundings) {
  return print_answer(options.client, surroundings, http::Verb::get, target_of(options), page_text);
}

}  // namespace

void add_list(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = app.add_subcommand("list", "Show submissions, newest first");
  command->add_option("--state", options->state,
                      "Only those: queued, importing, done, failed, held, cancelled or superseded");
  command->add_option("--route", options->route, "Only those of this route");
  command->add_option("--before", options->before, "Only those with a smaller number: the next page");
  command->add_option("--limit", options->limit, "At most so many, 1 to 500")->capture_default_str();
  add_client_options(*command, options->client);
  command->footer(
      "Examples:\n"
      "  dropload list --state failed\n"
      "  dropload list --route sales --limit 10 --json");
  command->callback([options, &chosen] { chosen = [options](Surroundings& s) { return list(*options, s); }; });
}

}  // namespace dropload::cli
