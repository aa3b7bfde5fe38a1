#include "tests/support/world.h"

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <unistd.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "tests/support/eventually.h"
#include "tests/support/rest.h"

namespace dropload::test {
namespace {

namespace fs = std::filesystem;

std::string route_config(const std::string& type, const fs::path& directory, bool merge) {
  std::string more = type == "updateadd" ? "matching_columns = [\"id\"]\n" : "";
  if (merge) more += "merge = true\n";
  return fmt::format(
      "[[route]]\nname = \"{0}\"\norganization = \"acme\"\nworkspace = \"Main\"\n"
      "table_pattern = '(?<table>[a-z0-9]+)[_.].*'\ncreate = true\nimport_type = \"{0}\"\n{1}"
      "[route.drop]\ndirectory = \"{2}\"\nstable_for = \"50ms\"\nrescan_every = \"1s\"\n\n",
      type, more, directory.string());
}

std::string organization_config(const service::Credentials& keys, std::uint16_t port, const std::string& callback_url) {
  const auto more = callback_url.empty() ? "" : fmt::format("callback_url = \"{}\"\n", callback_url);
  return fmt::format(
      "[[organization]]\nname = \"acme\"\napi_url = \"http://127.0.0.1:{0}\"\n"
      "token_url = \"http://127.0.0.1:{0}/oauth/v2/token\"\norg_id = \"{1}\"\nclient_id = \"{2}\"\n"
      "client_secret = {{ file = \"secret\" }}\nrefresh_token = {{ file = \"refresh\" }}\n"
      "requests = {{ bulk = 4000, metadata = 6000, overall = 10000 }}\n{3}\n",
      port, keys.organization_id, keys.client_id, more);
}

void give_to(const fs::path& directory, uid_t user) {
  const auto give = [user](const fs::path& path) {
    if (::lchown(path.c_str(), user, user) != 0) {
      throw std::runtime_error("cannot give " + path.string() + " to another user: run this test as root");
    }
  };
  give(directory);
  for (const auto& entry : fs::recursive_directory_iterator(directory)) give(entry.path());
}

bool is_settled(const nlohmann::json& submission) {
  const auto state = submission.at("state").get<std::string>();
  if (state == "held") return true;
  return state != "queued" && state != "importing" && !submission.at("retired_to").is_null();
}

}  // namespace

World::World(Options options) : user_(options.user) {
  if (options.drops_on_another_file_system) drops_.emplace(other_file_system());
  service::Settings settings;
  settings.data_directory = path() / "service";
  settings.port = 0;
  settings.workspaces = {"Main"};
  settings.slow_jobs = options.slow_jobs;
  settings.max_jobs = options.service_max_jobs;
  settings.batch_wait = options.service_batch_wait;
  settings.private_callbacks = !options.callback_url.empty();
  service_ = std::move(service::ImportService::start(settings, clock_, random_).value());
  const auto keys = service_->credentials();
  directory_.write("secret", keys.client_secret);
  directory_.write("refresh", keys.refresh_token);
  std::string config = fmt::format(
      "[daemon]\nstate_directory = \"state\"\nlisten = \"127.0.0.1:0\"\n\n[schedule]\nfirst_poll = \"{}ms\"\n"
      "poll_every = \"50ms\"\nretry_first = \"20ms\"\nretry_most = \"200ms\"\nlost_job_wait = \"{}ms\"\n{}\n",
      options.first_poll.count(), options.lost_job_wait.count(), options.more_schedule);
  config += organization_config(keys, service_->port(), options.callback_url) + options.more_config;
  for (const std::string type : {"append", "truncateadd", "updateadd"}) {
    fs::create_directories(drop_directory(type));
    config += route_config(type, drop_directory(type), options.merge && type == "append");
  }
  directory_.write("dropload.toml", config);
  if (user_ != 0) give_to(path(), user_);
}

DaemonProcess& World::start(std::map<std::string, std::string> environment) {
  const bool is_to_crash = environment.contains("DROPLOAD_CRASH_AT");
  daemon_.reset();
  std::vector<std::string> command{DROPLOAD_BINARY, "serve", "--config", (path() / "dropload.toml").string()};
  if (user_ != 0) {
    const auto user = std::to_string(user_);
    command.insert(command.begin(), {"/usr/bin/setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--"});
  }
  daemon_ = std::make_unique<DaemonProcess>(std::move(command), std::move(environment), path());
  if (!daemon_->wait_ready() && !is_to_crash)
    throw std::runtime_error("the daemon did not get ready:\n" + daemon_->log());
  return *daemon_;
}

void World::drop(const std::string& route, const std::string& name, const std::string& text) const {
  (drops_ ? *drops_ : directory_).write(route + "/." + name, text);
  fs::rename(drop_directory(route) / ("." + name), drop_directory(route) / name);
}

nlohmann::json World::submissions() {
  const auto answer = rest("GET", daemon_->rest_address(), "/v1/submissions?limit=500");
  return nlohmann::json::parse(answer.body).at("submissions");
}

nlohmann::json World::submission(std::int64_t id) {
  return nlohmann::json::parse(rest("GET", daemon_->rest_address(), "/v1/submissions/" + std::to_string(id)).body);
}

nlohmann::json World::wait_until_settled(std::size_t count) {
  nlohmann::json all = nlohmann::json::array();
  const bool settled = eventually([&] {
    all = submissions();
    return all.size() >= count && std::all_of(all.begin(), all.end(), is_settled);
  });
  return settled ? all : nlohmann::json::array();
}

std::int64_t World::rows_in(const std::string& table) const {
  SQLite::Database database(path() / "service" / "warehouse.db", SQLite::OPEN_READONLY, 5000);
  if (!database.tableExists(table)) return -1;
  SQLite::Statement count(database, "SELECT count(*) FROM \"" + table + "\"");
  count.executeStep();
  return count.getColumn(0).getInt64();
}

std::vector<fs::path> World::places_of(const std::string& text) const {
  std::vector<fs::path> places;
  const auto look_below = [&](const fs::path& root) {
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const bool of_the_service = entry.path().string().starts_with((path() / "service").string());
      if (of_the_service || !entry.is_regular_file() || entry.file_size() != text.size()) continue;
      if (contents(entry.path()) == text) places.push_back(entry.path());
    }
  };
  look_below(path());
  if (drops_) look_below(drops_->path());
  return places;
}

std::string some_csv(int rows, const std::string& seed) {
  std::string text = "id,name\n";
  for (int i = 1; i <= rows; ++i) text += fmt::format("{},{} {}\n", i, seed, i);
  return text;
}

}  // namespace dropload::test
