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
  auto target = fmt::format("/v1/submissions/{}/cancel", options.id);
  return print_answer(options.client, surroundings, http::Verb::post, std::move(target), discarded_text);
}

// Two words for one thing: one cancels what waits, and discards what is held.
void add_as(CLI::App& app, Action& chosen, const std::string& word, const std::string& what) {
  auto options = std::make_shared<DiscardOptions>();
  CLI::App* command = app.add_subcommand(word, what);
  add_id(*command, options->id);
  add_client_options(*command, options->client);
  command->footer(fmt::format(
      "The original ends in failed/ of its drop directory; nothing is deleted, and 'dropload retry' imports it after "
      "all.\nWhat is being imported cannot be cancelled: the service has no way to take back a job.\n\n"
      "Example:\n"
      "  dropload {} 41",
      word));
  command->callback([options, &chosen] { chosen = [options](Surroundings& s) { return discard(*options, s); }; });
}

}  // namespace

void add_discard(CLI::App& app, Action& chosen) {
  add_as(app, chosen, "discard", "Give up a held or queued submission (the same as cancel)");
}

void add_cancel(CLI::App& app, Action& chosen) {
  add_as(app, chosen, "cancel", "Do not import a queued or held submission");
}

}  // namespace dropload::cli
