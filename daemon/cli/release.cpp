#include "daemon/api/json_types.h"
#include "daemon/cli/query.h"

namespace dropload::cli {
namespace {

struct ReleaseOptions {
  ClientOptions client;
  std::int64_t id = 0;
};

Result<std::string> released_text(const std::string& body) {
  const auto submission = api::decode_submission(body);
  if (!submission) return submission.error();
  return fmt::format("submission {} ({}) is queued again\n", submission->id, submission->file_name);
}

Exit release(const ReleaseOptions& options, Surroundings& surroundings) {
  auto target = fmt::format("/v1/submissions/{}/release", options.id);
  return print_answer(options.client, surroundings, http::Verb::post, std::move(target), released_text);
}

}  // namespace

void add_release(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ReleaseOptions>();
  CLI::App* command = app.add_subcommand("release", "Import a held submission after all");
  add_id(*command, options->id);
  add_client_options(*command, options->client);
  command->footer(
      "Release only what you have looked at: if the rows are in the table already, an append brings them in twice.\n\n"
      "Example:\n"
      "  dropload release 41");
  command->callback([options, &chosen] { chosen = [options](Surroundings& s) { return release(*options, s); }; });
}

}  // namespace dropload::cli
