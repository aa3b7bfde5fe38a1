#include "daemon/intake/scan.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <set>

#include <dirent.h>
#include <sys/stat.h>

#include "common/base/text.h"
#include "daemon/intake/held_directory.h"
#include "daemon/intake/network_file_system.h"
#include "daemon/intake/ready_markers.h"
#include "daemon/intake/watch_limits.h"
#include "daemon/queue/sidecar.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

std::string below(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

// Most file systems tell it with the name, which spares a system call for each of what may be 100,000 files.
bool is_directory(const HeldDirectory& place, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat info {};
  return ::lstat(place.path(entry.d_name).c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

class Scan {
 public:
  Scan(const queue::Route& route, Events* events)
      : route_(route), drop_(route.drop.value()), root_(drop_.directory), events_(events) {}

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
    say_what_is_missing();
    return std::move(scanned_);
  }

 private:
  Result<void> look_through(const HeldDirectory& root, const std::string& directory,
                            std::vector<std::string>& waiting) {
    const auto place = root.enter(directory);
    if (!place) return place.error();
    ++scanned_.directories;
    watch(*place, directory);
    return read(*place, directory, waiting);
  }

  void watch(const HeldDirectory& place, const std::string& directory) {
    if (events_ == nullptr) return;
    const auto watched = events_->watch(place.path(), directory);
    if (watched || watched.error().code == Errc::not_found) return;
    scanned_.unwatched.push_back(directory);
    if (!scanned_.not_watched) scanned_.not_watched = watched.error();
  }

  // Each of them lacks a watch, not only the first.
  void say_what_is_missing() {
    if (!scanned_.not_watched || scanned_.not_watched->code != Errc::unavailable) return;
    const auto first = (root_ / scanned_.unwatched.front()).string();
    scanned_.not_watched->message =
        watches_missing(scanned_.unwatched.size(), first, inotify_limit("max_user_watches"));
  }

  Result<void> read(const HeldDirectory& place, const std::string& directory, std::vector<std::string>& waiting) {
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(place.path().c_str()), ::closedir);
    if (!entries) return error_from_errno(errno, "reading it");
    std::set<std::string> marked;
    const auto first_file = scanned_.files.size();
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(entries.get());
      if (entry == nullptr) break;
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (is_directory(place, *entry)) {
        found_directory(directory, name, waiting);
      } else if (auto file = marked_by(drop_, name)) {
        marked.insert(below(directory, *file));
      } else {
        found_file(directory, name);
      }
    }
    if (errno != 0) return error_from_errno(errno, "reading it");
    if (wants_marker(drop_)) keep_marked(first_file, std::move(marked));
    return {};
  }

  void found_directory(const std::string& directory, const std::string& name, std::vector<std::string>& waiting) {
    const bool at_top = directory.empty();
    auto rule = not_entered_by(route_, name, at_top);
    if (!rule) {
      waiting.push_back(below(directory, name));
    } else if (!(at_top && is_archive(name))) {
      leave_alone(below(directory, name) + "/", std::move(*rule));
    }
  }

  void found_file(const std::string& directory, const std::string& name) {
    if (auto rule = ignored_by(drop_, name)) {
      if (queue::claimed_by(name)) {
        scanned_.claimed.push_back(below(directory, name));
      } else if (name != canary_name) {
        leave_alone(below(directory, name), std::move(*rule));
      }
    } else {
      scanned_.files.push_back(below(directory, name));
    }
  }

  // A scan sees each name once.
  void leave_alone(std::string name, std::string rule) {
    if (scanned_.ignored.full()) {
      scanned_.ignored.count_one_more();
    } else {
      scanned_.ignored.add(std::move(name), std::move(rule));
    }
  }

  // What is left in `marked` are markers without a file.
  void keep_marked(std::size_t first_file, std::set<std::string> marked) {
    const auto waits = [&](const std::string& name) { return marked.erase(name) == 0; };
    const auto begin = scanned_.files.begin() + static_cast<std::ptrdiff_t>(first_file);
    const auto unmarked = std::stable_partition(begin, scanned_.files.end(), [&](auto& name) { return !waits(name); });
    for (auto name = unmarked; name != scanned_.files.end(); ++name) {
      auto why = fmt::format("it waits for {}{}", escaped(fs::path(*name).filename().string()), drop_.ready_suffix);
      leave_alone(std::move(*name), std::move(why));
    }
    scanned_.files.erase(unmarked, scanned_.files.end());
    for (const auto& name : marked) {
      leave_alone(name + drop_.ready_suffix, "it marks a file that is not there");
    }
  }

  [[nodiscard]] Error cannot_read(const std::string& directory, const Error& why) const {
    return why.while_doing(fmt::format("cannot read the directory {}", escaped((root_ / directory).string())));
  }

  const queue::Route& route_;
  const queue::DropSettings& drop_;
  fs::path root_;
  Events* events_;
  Scanned scanned_;
};

}  // namespace

Scanned scan(const queue::Route& route, Events* events, const std::string& directory) {
  return Scan(route, events).run(directory);
}

std::vector<std::string> topmost(std::vector<std::string> directories) {
  // With a slash at the end, what lies below a directory stands right behind it.
  for (auto& directory : directories) directory += '/';
  std::ranges::sort(directories);
  std::vector<std::string> tops;
  for (auto& directory : directories) {
    if (directory == "/") return {""};
    if (!tops.empty() && directory.starts_with(tops.back())) continue;
    tops.push_back(std::move(directory));
  }
  for (auto& top : tops) top.pop_back();
  return tops;
}

}  // namespace dropload::intake
