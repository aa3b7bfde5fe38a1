#pragma once

// How things look to people in a terminal. Pure. Text from outside is made harmless (common/base/text.h).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/api/json_types.h"

namespace dropload::cli {

// Columns as wide as their widest cell (counted in UTF-8 sequences), two blanks between, nothing after the last. The
// first row is the head. Of a cell with several lines the first is shown. "" for no rows.
std::string table(const std::vector<std::vector<std::string>>& rows);

std::string size_text(std::uint64_t bytes);                     // "312 bytes", "1.5 MB" (powers of ten)
std::string time_text(Time time);                               // "2026-11-23 06:30:00" (UTC)
std::string rows_text(const std::optional<queue::Rows>& rows);  // "12", "11 of 12"; "" for none
// What has become of it, in one line: "done, 12 rows", "held: <reason>".
std::string outcome_text(const queue::Submission& submission);

std::string list_text(const api::SubmissionPage& page);
std::string detail_text(const api::SubmissionDetail& detail);
std::string routes_text(const std::vector<api::RouteView>& routes);
std::string ignored_text(const api::IgnoredView& ignored);
std::string organizations_text(const std::vector<api::OrganizationView>& organizations);

}  // namespace dropload::cli
