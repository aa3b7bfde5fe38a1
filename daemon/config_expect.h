#pragma once

// What a route says of files that it should get. Pure.

#include <string_view>

#include "common/base/result.h"
#include "daemon/config_reader.h"
#include "daemon/queue/expectation.h"
#include "daemon/queue/route.h"

namespace dropload::config {

inline constexpr std::size_t most_expectations = 20;

// "<pattern> by <HH:MM> [<days>] [at least <size>]", days such as Mon-Fri or Mon,Thu or Sat-Sun; every day when left
// out. invalid_argument, with what is wrong and what to write instead.
Result<queue::Expectation> parse_expectation(std::string_view text);

// expect = "…", or several in brackets.
void read_expectations(TableReader& table, queue::Route& route);

}  // namespace dropload::config
