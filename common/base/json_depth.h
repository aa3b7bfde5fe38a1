#pragma once

// JSON from outside, looked at before it is parsed: the parser's tree is built, written and torn down by recursion, so
// a few hundred kilobytes of brackets overflow the stack. Pure.

#include <cstddef>
#include <string_view>

namespace dropload {

// No document that we speak is nested nearly as deep.
inline constexpr std::size_t max_json_depth = 100;

// Are more than `most` arrays and objects open at once? Brackets in texts do not count. Anything may be asked, JSON or
// not.
bool nests_deeper_than(std::string_view json, std::size_t most = max_json_depth);

}  // namespace dropload
