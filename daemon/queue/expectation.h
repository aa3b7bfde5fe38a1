#pragma once

// A file that a route should get, as its configuration says: "orders_*.csv by 06:30 Mon-Fri".

#include <bitset>
#include <chrono>
#include <cstdint>
#include <string>

namespace dropload::queue {

inline constexpr std::size_t days_of_a_week = 7;

struct Expectation {
  std::string text;                  // as it is written
  std::string pattern;               // shell glob (fnmatch) on the file name
  std::chrono::minutes by{};         // after local midnight
  std::bitset<days_of_a_week> days;  // on which it is due; Monday is 0
  std::uint64_t least_bytes = 0;     // 0: what is usual says what is too small
};

}  // namespace dropload::queue
