#include "daemon/api/json_types.h"
#include "daemon/cli/query.h"

namespace dropload::cli {
namespace {

struct DiscardOptions {
  ClientOptions client;
  std::int64_t id = 0;
};

Result<std::string> discarded_text(const std::string& body) {
  const auto submission = api::decode_submission(body);
  if (!submission) return submission.error();
  return fmt::format("submission {} ({}) is cancelled; its rows are not imported\n", submission->id,
                     submission->file_name);
}

Exit discard(const DiscardOptions& options, Surroundings& surroundings) {
  auto target = fmt::format("/v1/submissions/{}/discard", options.id);
  return print_answer(options.client, surroundings, http::Verb::post, std::move(target), discarded_text);
}

}  // namespace

void add_discard(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<DiscardOptions>();
  CLI::App* command = app.add_subcommand("discard", "Give up a held or queued submission");
  add_id(*command, options->id);
  add_client_options(*command, options->client);
  command->footer(
      "The original ends in failed/ of its drop directory; nothing is deleted.\n\n"
      "Example:\n"
      "  dropload discard 41");
  command->callback([options, &chosen] { chosen = [options](Surroundings& s) { return discard(*options, s); }; });
}

}  // namespace dropload::cli
