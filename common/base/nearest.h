#pragma once

// What a misspelt word was meant to be. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace dropload {

// The candidate that is most likely meant, whatever its case; "" when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace dropload
