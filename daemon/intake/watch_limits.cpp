#include "daemon/intake/watch_limits.h"

#include <fstream>

#include <fmt/format.h>

#include "common/base/text.h"

namespace dropload::intake {

std::optional<std::uint64_t> inotify_limit(const std::string& name) {
  std::ifstream file("/proc/sys/fs/inotify/" + name);
  std::uint64_t limit = 0;
  if (!(file >> limit)) return std::nullopt;
  return limit;
}

// All watches of this user are used up, so that is how many are missing beyond the limit.
std::string watches_missing(std::size_t directories, const std::string& first, std::optional<std::uint64_t> limit) {
  const std::string where =
      directories == 1 ? escaped(first) : fmt::format("{} directories ({}, …)", directories, escaped(first));
  const std::string raise =
      limit ? fmt::format("sysctl fs.inotify.max_user_watches={} (it is {})", *limit + directories, *limit)
            : std::string("raise the sysctl fs.inotify.max_user_watches");
  return fmt::format("no inotify watch is left for {}; {}{}", where, raise,
                     limit ? " is the least that is enough" : "");
}

std::string instances_missing(std::optional<std::uint64_t> limit) {
  return fmt::format(
      "no inotify instance is left; raise the sysctl fs.inotify.max_user_instances{}, one for each drop directory, or "
      "the limit of open files (LimitNOFILE)",
      limit ? fmt::format(" (it is {})", *limit) : "");
}

}  // namespace dropload::intake
