#pragma once

// Faults as the admin endpoint takes and shows them. A list of objects:
//
//   [{"fault": "table_locked", "skip": 1, "count": 3},
//    {"fault": "server_error", "count": "all", "rate": 0.2, "seed": 7, "for_seconds": 60, "on": ["status"], "status":
//    502}]
//
// "count" is a number (default 1; with a rate "all") or "all": until it is taken away. What else each takes: faults.h.
// Shown with "seen" and "struck", its counters. Pure.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "daemon/service/faults.h"

namespace dropload::service {

inline constexpr std::size_t max_faults = 100;  // of an organization

// Strict. invalid_argument, with a sentence that names the entry, the key and what to write instead.
Result<std::vector<Fault>> decode_faults(std::string_view json);
std::string encode_faults(std::span<const FaultTable::Entry> entries);

}  // namespace dropload::service
