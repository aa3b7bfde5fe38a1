#include "daemon/cli/format.h"
#include "daemon/cli/query.h"

namespace dropload::cli {
namespace {

struct ShowOptions {
  ClientOptions client;
  std::int64_t id = 0;
};

Result<std::string> show_text(const std::string& body) {
  const auto detail = api::decode_detail(body);
  if (!detail) return detail.error();
  return detail_text(*detail);
}

Exit show(const ShowOptions& options, Surroundings& surroundings) {
  return print_answer(options.client, surroundings, http::Verb::get, fmt::format("/v1/submissions/{}", options.id),
                      show_text);
}

}  // namespace

void add_show(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = app.add_subcommand("show", "Show one submission with its jobs and its timeline");
  add_id(*command, options->id);
  add_client_options(*command, options->client);
  command->footer(
      "Examples:\n"
      "  dropload show 41\n"
      "  dropload show 41 --json | jq .jobs[0].summary");
  command->callback([options, &chosen] { chosen = [options](Surroundings& s) { return show(*options, s); }; });
}

}  // namespace dropload::cli
