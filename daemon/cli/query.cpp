#include "daemon/cli/query.h"

namespace dropload::cli {
namespace {

Called<std::string> call(const ClientOptions& options, http::Verb verb, std::string target) {
  auto client = ApiClient::create(options.url);
  if (!client) return client.error();
  if (verb == http::Verb::post) return (*client)->post(std::move(target));
  return (*client)->get(std::move(target));
}

}  // namespace

Exit print_answer(const ClientOptions& options, Surroundings& surroundings, http::Verb verb, std::string target,
                  const std::function<Result<std::string>(const std::string& body)>& show) {
  const auto body = call(options, verb, std::move(target));
  if (!body) {
    surroundings.err << "dropload: " << body.error().message << "\n";
    return body.error().exit;
  }
  const auto text = options.json ? Result<std::string>(*body) : show(*body);
  if (!text) {
    surroundings.err << "dropload: " << text.error().message << "\n";
    return Exit::error;
  }
  surroundings.out << *text;
  return Exit::success;
}

void add_id(CLI::App& command, std::int64_t& id) {
  command.add_option("ID", id, "The submission's number, as 'dropload list' shows it")
      ->required()
      ->check(CLI::PositiveNumber);
}

}  // namespace dropload::cli
