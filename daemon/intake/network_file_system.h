#pragma once

// File systems that tell nothing of what other machines write there (statfs(2), linux/magic.h).

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace dropload::intake {

// The name of a network file system by its type; nothing for others. Pure.
std::optional<std::string_view> network_file_system(std::int64_t type);

// The one that `path` lies on. Blocks.
std::optional<std::string_view> network_file_system_of(const std::filesystem::path& path);

}  // namespace dropload::intake
