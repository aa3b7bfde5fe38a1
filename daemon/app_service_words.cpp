#include "daemon/app_service_words.h"

#include <fmt/format.h>

namespace dropload {
namespace {

// What listens on all addresses is reached on this machine by the loopback's.
std::string url_of(const ServiceFile& file, std::uint16_t port) {
  std::string host = file.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return host.find(':') == std::string::npos ? fmt::format("http://{}:{}", host, port)
                                             : fmt::format("http://[{}]:{}", host, port);
}

// Secrets are not shown: whoever pastes the line has them in variables.
std::string credentials_of(const ServiceFile& file) {
  if (!file.names_credentials()) return "client_id=any&client_secret=any&refresh_token=any";
  return fmt::format("client_id={}&client_secret='$CLIENT_SECRET'&refresh_token='$REFRESH_TOKEN'",
                     file.organizations.front().clients.front().client_id);
}

}  // namespace

std::string try_it(const std::string& url, const std::string& organization_id, const std::string& workspace_id,
                   const std::string& credentials) {
  return fmt::format(
      "( U={0}; B=$U/restapi/v2/bulk/workspaces/{2}; "
      "T=$(curl -s $U/oauth/v2/token -d 'grant_type=refresh_token&{3}' | sed 's/.*access_token\":\"//;s/\".*//'); "
      "set -- -s -H \"Authorization: Zoho-oauthtoken $T\" -H 'ZANALYTICS-ORGID: {1}'; "
      "J=$(printf 'id,name\\n1,Ann\\n2,Bob\\n' | curl \"$@\" $B/data "
      "-F 'CONFIG={{\"tableName\":\"people_'$(date +%s%N)'\",\"fileType\":\"csv\",\"autoIdentify\":true}}' "
      "-F 'FILE=@-;filename=people.csv' | sed 's/.*jobId\":\"//;s/\".*//'); "
      "while A=$(curl \"$@\" $B/importjobs/$J); echo \"$A\"; echo \"$A\" | grep -q '\"100[12]\"'; do sleep 1; done )",
      url, organization_id, workspace_id, credentials);
}

std::string welcome(const ServiceFile& file, const service::ImportService& service) {
  const std::string url = url_of(file, service.port());
  const auto places = service.places();
  std::string text = fmt::format("The import service listens on {}; its tables are in {}\n", url,
                                 (file.data_directory / "warehouse.db").string());
  for (const service::Place& place : places) {
    text += fmt::format("organization {} ({})\n", place.organization_id, place.organization_name);
    for (const auto& [id, name] : place.workspaces) text += fmt::format("  workspace {} ({})\n", id, name);
  }
  text += file.names_credentials() ? "Only the credentials of the configuration are accepted.\n"
                                   : "Any client id, client secret and refresh token will do.\n";
  if (file.limits) text += "Limits are kept as by the real one (--no-limits: not at all).\n";
  if (file.faults) text += fmt::format("Faults are set at {}/admin/faults\n", url);
  const auto& first = places.front();
  if (first.workspaces.empty()) return text;
  const auto line = try_it(url, first.organization_id, first.workspaces.front().first, credentials_of(file));
  return text + "\nTo try it, paste this into a shell:\n\n" + line + "\n\n";
}

}  // namespace dropload
