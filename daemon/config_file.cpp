#include "daemon/config_file.h"

#include <algorithm>
#include <array>

#include <sys/stat.h>

#include "common/base/files.h"

namespace dropload::config {
namespace {

constexpr std::size_t max_file_size = 1024 * 1024;

// What the parser quotes from the file is cut off, unless it is a key: it may be a piece of a secret.
std::string without_content(std::string_view description) {
  constexpr std::array<std::string_view, 4> before_content{", saw ", ": '", " sequence '", " interpret '"};
  auto end = description.size();
  for (const std::string_view words : before_content) end = std::min(end, description.find(words));
  return fmt::format("this is not TOML: {}", description.substr(0, end));
}

bool only_owner_may_read(const std::filesystem::path& file) {
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

}  // namespace

std::vector<ConfigProblem> read_document(const std::filesystem::path& file,
                                         const std::function<void(const toml::table&, Source&)>& read) {
  Source source{file.parent_path(), only_owner_may_read(file), {}};
  if (const auto text = read_file(file, max_file_size); !text) {
    source.problem({}, text.error().message);
  } else {
    try {
      read(toml::parse(*text), source);
    } catch (const toml::parse_error& wrong) {
      source.problem(place_of(wrong.source()), without_content(wrong.description()));
    }
  }
  std::ranges::stable_sort(source.problems, {}, [](const ConfigProblem& p) { return std::pair(p.line, p.column); });
  return std::move(source.problems);
}

}  // namespace dropload::config
