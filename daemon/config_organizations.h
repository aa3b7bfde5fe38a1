#pragma once

#include <vector>

#include "daemon/config_reader.h"

namespace dropload::config {

// Every [[organization]]; an embedded one named "local" when there is none.
std::vector<OrganizationConfig> read_organizations(TableReader& root);

// The key of an organization's request budget: organizations with the same `account` have the same one, and so have
// those without one that have the same address, client id and refresh token (or are embedded): the first of their
// names.
std::string account_of(const std::vector<OrganizationConfig>& organizations, const OrganizationConfig& organization);

// What a name of an organization or a route may be: it stands in file names, URLs and logs.
Result<std::string> parse_name(std::string_view text);

// ZANALYTICS-ORGID: up to 20 digits.
Result<std::string> parse_organization_id(std::string_view text);

}  // namespace dropload::config
