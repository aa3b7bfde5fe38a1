#pragma once

// The kernel's limits of inotify, in words that say which to raise, and to what.

#include <cstdint>
#include <optional>
#include <string>

namespace dropload::intake {

// fs.inotify.<name> as it is now; nothing where it cannot be read. Blocks.
std::optional<std::uint64_t> inotify_limit(const std::string& name);

// For so many directories, `first` one of them, no watch was left. Pure.
std::string watches_missing(std::size_t directories, const std::string& first, std::optional<std::uint64_t> limit);
// Pure.
std::string instances_missing(std::optional<std::uint64_t> limit);

}  // namespace dropload::intake
