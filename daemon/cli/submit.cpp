#include <algorithm>
#include <filesystem>
#include <iterator>

#include <fcntl.h>
#include <sys/stat.h>

#include "common/base/files.h"
#include "common/base/text.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/format.h"
#include "daemon/cli/wait.h"

namespace dropload::cli {
namespace {

struct SubmitOptions {
  ClientOptions client;
  std::vector<std::string> files;
  std::string route;
  bool wait = false;
  int timeout_seconds = 0;
};

struct OpenFile {
  UniqueFd fd;
  std::uint64_t size = 0;
};

// A link is followed: the file was named by a person.
Result<OpenFile> open_file(const std::string& path) {
  OpenFile file{UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), 0};
  if (!file.fd) return error_from_errno(errno, escaped(path));
  struct stat status {};
  if (::fstat(file.fd.get(), &status) != 0) return error_from_errno(errno, escaped(path));
  if (!S_ISREG(status.st_mode)) return error(Errc::invalid_argument, "{}: not a file", escaped(path));
  file.size = static_cast<std::uint64_t>(status.st_size);
  return file;
}

// All are looked at before anything is sent: half a delivery is worse than none.
bool all_can_be_read(const std::vector<std::string>& paths, std::ostream& err) {
  bool fine = true;
  for (const auto& path : paths) {
    const auto file = open_file(path);
    if (file) continue;
    err << "dropload: " << file.error().message << "\n";
    fine = false;
  }
  if (!fine) err << "Nothing was sent.\n";
  return fine;
}

Called<std::vector<Followed>> send(ApiClient& client, const std::string& path, const std::string& route,
                                   Progress& progress) {
  auto file = open_file(path);
  if (!file) return Failure{Exit::not_accepted, file.error().message};
  const std::string name = std::filesystem::path(path).filename().string();
  const auto show_progress = [&](std::uint64_t sent) {
    const std::uint64_t percent = file->size == 0 ? 100 : sent * 100 / file->size;
    progress.now(fmt::format("sending {}: {} %", escaped(name), percent));
  };
  auto target =
      fmt::format("/v1/submissions?route={}&filename={}", http::percent_encode(route), http::percent_encode(name));
  auto body = client.upload(std::move(target), file->fd.get(), file->size, show_progress);
  if (!body) return body.error();
  auto accepted = from_result(api::decode_accepted(*body));
  if (!accepted) return accepted.error();
  std::vector<Followed> followed;
  for (auto& [submission, document] : *accepted) {
    const auto& package = submission.package;
    progress.say(fmt::format("{} {}{}: accepted ({})", submission.id, submission.file_name,
                             package ? " of " + package->name : "", size_text(submission.size)));
    say_if_it_does_not_wait(submission, progress);
    followed.push_back({std::move(submission), std::move(document)});
  }
  return followed;
}

// Sends them one after the other; a refused one does not keep the others back. The accepted ones go to `accepted`.
Exit send_all(ApiClient& client, const SubmitOptions& options, std::vector<Followed>& accepted, Progress& progress,
              std::ostream& err) {
  Exit worst = Exit::success;
  for (const auto& path : options.files) {
    auto sent = send(client, path, options.route, progress);
    if (sent) {
      std::ranges::move(*sent, std::back_inserter(accepted));
      continue;
    }
    progress.now("");
    const bool nobody_there = sent.error().exit == Exit::not_running;
    err << "dropload: " << (nobody_there ? "" : escaped(path) + ": not accepted: ") << sent.error().message << "\n";
    worst = worse(worst, nobody_there ? Exit::not_running : Exit::not_accepted);
    if (nobody_there) break;
  }
  return worst;
}

void print_json(const std::vector<Followed>& followed, std::ostream& out) {
  api::Json submissions = api::Json::array();
  for (const auto& one : followed) submissions.push_back(api::Json::parse(one.document));
  api::Json document;
  document["submissions"] = std::move(submissions);
  out << document.dump() << "\n";
}

Progress::To show_to(const SubmitOptions& options, const Surroundings& surroundings) {
  if (options.client.json) return Progress::To::nobody;
  return surroundings.out_is_terminal ? Progress::To::terminal : Progress::To::stream;
}

Exit submit(const SubmitOptions& options, Surroundings& surroundings) {
  if (!all_can_be_read(options.files, surroundings.err)) return Exit::error;
  auto client = ApiClient::create(options.client.url);
  if (!client) {
    surroundings.err << "dropload: " << client.error().message << "\n";
    return client.error().exit;
  }
  Progress progress(surroundings.out, show_to(options, surroundings));
  std::vector<Followed> accepted;
  Exit worst = send_all(**client, options, accepted, progress, surroundings.err);
  if (options.wait && !accepted.empty()) {
    std::optional<Milliseconds> timeout;
    if (options.timeout_seconds > 0) timeout = std::chrono::seconds(options.timeout_seconds);
    worst = worse(worst, wait_for(**client, accepted, timeout, surroundings, progress));
  }
  if (options.client.json) print_json(accepted, surroundings.out);
  return worst;
}

}  // namespace

void add_submit(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<SubmitOptions>();
  CLI::App* command = app.add_subcommand("submit", "Hand files to the daemon");
  command->add_option("FILE", options->files, "The files, sent in this order")->required();
  command->add_option("--route", options->route, "The route, a name from the configuration")->required();
  command->add_flag("--wait", options->wait, "Stay until the rows are in, and show the way there");
  command
      ->add_option("--timeout", options->timeout_seconds, "With --wait: stop waiting after so many seconds (0: never)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_client_options(*command, options->client);
  command->footer(std::string(exit_codes_help) +
                  "\nExamples:\n"
                  "  dropload submit --route sales sales_2026-11-23.csv\n"
                  "  dropload submit --route sales --wait --timeout 600 *.csv");
  command->callback([options, &chosen] { chosen = [options](Surroundings& s) { return submit(*options, s); }; });
}

}  // namespace dropload::cli
