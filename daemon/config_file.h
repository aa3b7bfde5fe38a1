#pragma once

// A TOML file that is read as a whole: what all our configuration files have in common.

#include <filesystem>
#include <functional>
#include <vector>

#include "daemon/config_reader.h"

namespace dropload::config {

// Parses the file and gives its document to `read`, which notes what is wrong with it. All problems, in order of lines;
// a file that cannot be read, or is no TOML, is one. Nothing of the file's content is quoted but keys: it may be a
// secret.
std::vector<ConfigProblem> read_document(const std::filesystem::path& file,
                                         const std::function<void(const toml::table&, Source&)>& read);

}  // namespace dropload::config
