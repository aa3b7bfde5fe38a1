#pragma once

// Words of what pre-flight finds. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/csv/survey.h"
#include "daemon/queue/findings.h"

namespace dropload::intake {

std::string_view name_of(csv::Encoding encoding);
// "10,311"
std::string grouped(std::int64_t number);
// "1 record", "10,311 records"
std::string counted(std::int64_t number, std::string_view one);
// "line 7", "lines 7, 9 and 12", "lines 7, 9, 12, 13, 14 and more"
std::string lines_of(const csv::OddLines& lines);
// "`id`, `b` and 12 more": as they are shown, and no more of a name than fits on a line.
std::string listed(const std::vector<std::string>& names);
std::string shown_name(std::string_view name);

queue::Finding note(std::string code, std::string text);
queue::Finding warning(std::string code, std::string text, std::optional<std::int64_t> line = {});

// In any case.
bool has_name(const std::vector<std::string>& names, std::string_view name);
// " (did you mean `id`?)", or "" when none is near.
std::string meant_by(std::string_view name, const std::vector<std::string>& names);

}  // namespace dropload::intake
