#include "daemon/config_secrets.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "common/base/files.h"

namespace dropload::config {
namespace {

constexpr std::string_view ways = R"({ file = "/path/to/it" }, { env = "NAME" } or { credential = "name" })";
constexpr std::size_t max_secret_bytes = 64 * 1024;

Result<std::string> from_file(const std::filesystem::path& path) {
  auto text = read_file(path, max_secret_bytes);
  if (!text) return text.error();
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  return text;
}

Result<std::string> from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value != nullptr) return std::string(value);
  return error(Errc::not_found, "the environment variable {} is not set; set it before the daemon starts", name);
}

Result<std::string> from_credential(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return error(Errc::invalid_argument,
                 "\"{}\" is no name of a credential; write the one before the colon of LoadCredential=", name);
  }
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr) {
    return error(Errc::not_found,
                 "there are no systemd credentials here (CREDENTIALS_DIRECTORY is not set); add "
                 "LoadCredential={}:/path/to/it to the unit",
                 name);
  }
  return from_file(std::filesystem::path(directory) / name);
}

// The secret that an inline table points to. Nothing when a problem was noted.
std::optional<std::string> follow(TableReader& table, std::string_view key, TableReader& where) {
  std::filesystem::path file;
  std::string env;
  std::string credential;
  const bool has_file = where.read_path("file", file);
  const bool has_env = where.read("env", env);
  const bool has_credential = where.read("credential", credential);
  where.finish();
  const int given = (where.has("file") ? 1 : 0) + (where.has("env") ? 1 : 0) + (where.has("credential") ? 1 : 0);
  if (given != 1) {
    table.problem(key, fmt::format("names {} places; write exactly one of {}", given, ways));
    return std::nullopt;
  }
  if (!has_file && !has_env && !has_credential) return std::nullopt;
  auto secret = has_file ? from_file(file) : has_env ? from_environment(env) : from_credential(credential);
  if (secret) return std::move(*secret);
  table.problem(key, secret.error().message);
  return std::nullopt;
}

bool is_usable(TableReader& table, std::string_view key, const std::string& secret) {
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  if (secret.empty()) {
    table.problem(key, "the secret is empty; put it where the configuration says it is");
  } else if (std::ranges::any_of(secret, is_control)) {
    table.problem(
        key, "the secret has a line break or another control character in it; it must be one line and nothing else");
  } else {
    return true;
  }
  return false;
}

}  // namespace

bool read_secret(TableReader& table, std::string_view key, Secret& into) {
  const toml::node* node = table.find(key);
  if (node == nullptr) return false;
  std::optional<std::string> secret;
  if (node->is_string()) {
    if (!table.source().owner_only) {
      table.problem(
          key,
          fmt::format(
              "a secret stands in a file that others may read; make it unreadable for them (chmod 600), or write {}",
              ways));
      return false;
    }
    secret = node->as_string()->get();
  } else if (auto where = table.subtable(key)) {
    secret = follow(table, key, *where);
  }
  if (!secret || !is_usable(table, key, *secret)) return false;
  into = Secret(std::move(*secret));
  return true;
}

}  // namespace dropload::config
