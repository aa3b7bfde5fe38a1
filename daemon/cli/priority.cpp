#include <CLI/Validators.hpp>

#include "daemon/api/json_types.h"
#include "daemon/cli/query.h"

namespace dropload::cli {
namespace {

struct PriorityOptions {
  ClientOptions client;
  std::int64_t id = 0;
  int priority = 0;
};

Result<std::string> priority_text(const std::string& body) {
  const auto submission = api::decode_submission(body);
  if (!submission) return submission.error();
  return fmt::format("submission {} ({}) has priority {}\n", submission->id, submission->file_name,
                     submission->priority);
}

Exit set_priority(const PriorityOptions& options, Surroundings& surroundings) {
  auto target = fmt::format("/v1/submissions/{}/priority?priority={}", options.id, options.priority);
  return print_answer(options.client, surroundings, http::Verb::post, std::move(target), priority_text);
}

}  // namespace

void add_priority(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<PriorityOptions>();
  CLI::App* command = app.add_subcommand("priority", "Put a waiting submission before others");
  add_id(*command, options->id);
  command->add_option("PRIORITY", options->priority, "-100 to 100; 0 when nothing else is said")
      ->required()
      ->check(CLI::Range(queue::lowest_priority, queue::highest_priority));
  add_client_options(*command, options->client);
  command->footer(
      "What waits with a higher priority is started first, whatever else waits. The files of one table stay in their "
      "order:\nwhat stands before an urgent one goes first too, as soon as it would.\n\n"
      "Examples:\n"
      "  dropload priority 41 10\n"
      "  dropload priority 41 -- -10");
  command->callback([options, &chosen] { chosen = [options](Surroundings& s) { return set_priority(*options, s); }; });
}

}  // namespace dropload::cli
