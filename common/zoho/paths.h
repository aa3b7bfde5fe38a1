#pragma once

// The paths of the API (import-api.md, section 1), built by the client and matched by the import service. Pure.

#include <initializer_list>
#include <string>
#include <string_view>

namespace dropload::zoho {

inline constexpr std::string_view api_prefix = "/restapi/v2";
inline constexpr std::string_view organization_header = "ZANALYTICS-ORGID";
inline constexpr std::string_view token_scheme = "Zoho-oauthtoken";  // Authorization: Zoho-oauthtoken <access token>

// Patterns for the import service's route table; "{x}" stands for one path segment. The client fills them with `fill`.
namespace path {
inline constexpr std::string_view create_new = "/restapi/v2/bulk/workspaces/{workspace}/data";
inline constexpr std::string_view create_existing = "/restapi/v2/bulk/workspaces/{workspace}/views/{view}/data";
inline constexpr std::string_view batch_new = "/restapi/v2/bulk/workspaces/{workspace}/data/batch";
inline constexpr std::string_view batch_existing = "/restapi/v2/bulk/workspaces/{workspace}/views/{view}/data/batch";
inline constexpr std::string_view job = "/restapi/v2/bulk/workspaces/{workspace}/importjobs/{job}";
inline constexpr std::string_view organizations = "/restapi/v2/orgs";
inline constexpr std::string_view workspaces = "/restapi/v2/workspaces";
inline constexpr std::string_view owned_workspaces = "/restapi/v2/workspaces/owned";
inline constexpr std::string_view shared_workspaces = "/restapi/v2/workspaces/shared";
inline constexpr std::string_view workspace = "/restapi/v2/workspaces/{workspace}";
inline constexpr std::string_view views = "/restapi/v2/workspaces/{workspace}/views";
inline constexpr std::string_view meta_details = "/restapi/v2/metadetails";
inline constexpr std::string_view metadata = "/restapi/v2/workspaces/{workspace}/views/{view}/metadata";
inline constexpr std::string_view import_details = "/restapi/v2/workspaces/{workspace}/views/{view}/importdetails";
inline constexpr std::string_view export_data = "/restapi/v2/workspaces/{workspace}/views/{view}/data";
inline constexpr std::string_view token = "/oauth/v2/token";
inline constexpr std::string_view on_premise_token = "/iam/oauth/v2/token";
}  // namespace path

// The pattern with its "{x}" replaced in order by the arguments, each percent-encoded as a path segment.
std::string fill(std::string_view pattern, std::initializer_list<std::string_view> segments);

// Hosts of a data centre (section 8). Nothing for a word that is none.
struct DataCenter {
  std::string_view name;           // "eu"
  std::string_view api_host;       // "analyticsapi.zoho.eu"
  std::string_view accounts_host;  // "accounts.zoho.eu"
};
const DataCenter* find_data_center(std::string_view name);
// "us, eu, in, au, jp, cn, sa, ca", for messages.
std::string data_center_names();

}  // namespace dropload::zoho
