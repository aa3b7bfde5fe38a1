#include "daemon/api/json_types.h"
#include "daemon/cli/query.h"

namespace dropload::cli {
namespace {

struct RetryOptions {
  ClientOptions client;
  std::int64_t id = 0;
};

Exit retry(const RetryOptions& options, Surroundings& surroundings) {
  const auto text = [&](const std::string& body) -> Result<std::string> {
    const auto submission = api::decode_submission(body);
    if (!submission) return submission.error();
    return fmt::format("submission {} ({}) is submission {} now, and {}\n", options.id, submission->file_name,
                       submission->id, to_string(submission->state));
  };
  auto target = fmt::format("/v1/submissions/{}/retry", options.id);
  return print_answer(options.client, surroundings, http::Verb::post, std::move(target), text);
}

}  // namespace

void add_retry(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<RetryOptions>();
  CLI::App* command = app.add_subcommand("retry", "Import a failed, cancelled or superseded file after all");
  add_id(*command, options->id);
  add_client_options(*command, options->client);
  command->footer(
      "The original is taken from where it was put (failed/), unchanged, and becomes a new submission with what its "
      "route\nsays now, behind all that waits for its table; the old one stays as it was and names the new one. A file "
      "that has to\nbe corrected is a new file: drop or submit it.\n\n"
      "Example:\n"
      "  dropload retry 41");
  command->callback([options, &chosen] { chosen = [options](Surroundings& s) { return retry(*options, s); }; });
}

}  // namespace dropload::cli
