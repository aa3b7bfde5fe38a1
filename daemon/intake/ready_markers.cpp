#include "daemon/intake/ready_markers.h"

#include <cerrno>
#include <tuple>

#include <sys/stat.h>
#include <unistd.h>

#include "common/base/text.h"

namespace dropload::intake {
namespace {

std::tuple<std::int64_t, std::int64_t> age_of(const struct stat& info) {
  return {info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

}  // namespace

bool wants_marker(const queue::DropSettings& drop) {
  return drop.complete_when == queue::CompleteWhen::marked;
}

std::optional<std::string> marked_by(const queue::DropSettings& drop, const std::string& name) {
  if (!wants_marker(drop) || name.size() <= drop.ready_suffix.size() || !name.ends_with(drop.ready_suffix))
    return std::nullopt;
  return name.substr(0, name.size() - drop.ready_suffix.size());
}

std::optional<std::string> waits_for_marker(const queue::DropSettings& drop, const HeldDirectory& place,
                                            const std::string& file_name) {
  if (!wants_marker(drop)) return std::nullopt;
  const std::string marker = file_name + drop.ready_suffix;
  struct stat file {};
  struct stat mark {};
  if (::lstat(place.path(file_name).c_str(), &file) != 0) return std::nullopt;  // whoever looks at it will say so
  if (::lstat(place.path(marker).c_str(), &mark) != 0) return fmt::format("it waits for {}", escaped(marker));
  if (age_of(mark) < age_of(file)) {
    return fmt::format("it waits for {}: the one that is there is older than the file; write it again",
                       escaped(marker));
  }
  return std::nullopt;
}

Result<void> remove_marker(const queue::DropSettings& drop, const std::string& name) {
  const std::filesystem::path path(name + drop.ready_suffix);
  const auto root = HeldDirectory::open(drop.directory);
  if (!root) return root.error();
  const auto place = root->enter(path.parent_path());
  if (!place) return place.error();
  const auto there = place->path(path.filename().string());
  if (::unlink(there.c_str()) == 0 || errno == ENOENT) return {};
  return error_from_errno(errno, fmt::format("cannot remove {}", escaped(path.string())));
}

}  // namespace dropload::intake
