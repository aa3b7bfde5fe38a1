#include "daemon/intake/scan.h"

#include "common/base/text.h"
#include "daemon/intake/held_directory.h"
#include "daemon/intake/network_file_system.h"
#include "daemon/intake/routing.h"
#include "daemon/intake/settle.h"
#include "daemon/queue/sidecar.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

std::string below(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

class Scan {
 public:
  Scan(const queue::Route& route, Inotify* inotify)
      : route_(route), root_(route.drop.value().directory), inotify_(inotify) {}

  Scanned run(const std::string& directory) {
    scanned_.network = network_file_system_of(root_);
    const auto root = HeldDirectory::open(root_);
    if (!root) {
      scanned_.unreadable = cannot_read("", root.error());
      return std::move(scanned_);
    }
    std::vector<std::string> waiting{directory};
    while (!waiting.empty()) {
      const std::string next = std::move(waiting.back());
      waiting.pop_back();
      const auto read = look_through(*root, next, waiting);
      if (read) continue;
      if (next == directory) {
        scanned_.unreadable = cannot_read(next, read.error());
      } else if (read.error().code != Errc::not_found) {
        scanned_.problems.push_back(cannot_read(next, read.error()).message);
      }
    }
    return std::move(scanned_);
  }

 private:
  Result<void> look_through(const HeldDirectory& root, const std::string& directory,
                            std::vector<std::string>& waiting) {
    const auto place = root.enter(directory);
    if (!place) return place.error();
    watch(*place, directory);
    return read(*place, directory, waiting);
  }

  void watch(const HeldDirectory& place, const std::string& directory) {
    if (inotify_ == nullptr) return;
    const auto watched = inotify_->watch(place.path(), directory);
    const bool gone = !watched && watched.error().code == Errc::not_found;
    if (!watched && !gone && !scanned_.not_watched) scanned_.not_watched = watched.error();
  }

  Result<void> read(const HeldDirectory& place, const std::string& directory, std::vector<std::string>& waiting) {
    std::error_code failure;
    fs::directory_iterator entry(place.path(), failure);
    for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
      std::string name = below(directory, entry->path().filename().string());
      std::error_code gone;
      if (entry->symlink_status(gone).type() == fs::file_type::directory) {
        if (may_be_entered(route_, name)) waiting.push_back(std::move(name));
      } else if (may_be_taken(route_, name)) {
        scanned_.files.push_back(std::move(name));
      } else if (queue::claimed_by(entry->path().filename().string())) {
        scanned_.claimed.push_back(std::move(name));
      }
    }
    if (failure) return error_from_errno(failure.value(), "reading it");
    return {};
  }

  [[nodiscard]] Error cannot_read(const std::string& directory, const Error& why) const {
    return why.while_doing(fmt::format("cannot read the directory {}", escaped((root_ / directory).string())));
  }

  const queue::Route& route_;
  fs::path root_;
  Inotify* inotify_;
  Scanned scanned_;
};

}  // namespace

bool descends(const queue::Route& route) {
  return route.drop.value().recursive || route.table_from_directory;
}

bool may_be_entered(const queue::Route& route, const std::string& directory) {
  if (!descends(route)) return false;
  const fs::path path(directory);
  const std::string top = path.begin()->string();
  if (top == "done" || top == "failed") return false;
  for (const auto& part : path) {
    if (part.string().starts_with('.')) return false;
  }
  return true;
}

bool may_be_taken(const queue::Route& route, const std::string& name) {
  const fs::path path(name);
  if (path.has_parent_path() && !may_be_entered(route, path.parent_path().string())) return false;
  const std::string file_name = path.filename().string();
  return !ignored_by(file_name) && matches(*route.drop, file_name);
}

Scanned scan(const queue::Route& route, Inotify* inotify, const std::string& directory) {
  return Scan(route, inotify).run(directory);
}

}  // namespace dropload::intake
