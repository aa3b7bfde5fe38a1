#pragma once

// Which names in a drop directory are left alone, and the rule that says so. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/queue/route.h"

namespace dropload::intake {

// Ours: the file whose event must be heard, see canary.h.
constexpr std::string_view canary_name = ".dropload-canary";

// Does the route look into subdirectories?
[[nodiscard]] bool descends(const queue::Route& route);

// Names that no route takes, in any case: dotfiles, what is still being downloaded, copied or edited (*.tmp, *.part,
// *.crdownload, ~$*, *~, …), what systems and NAS leave behind (Thumbs.db, …), and our own (*.error.txt).
std::optional<std::string_view> litter_rule(std::string_view file_name);
// The same for directories: hidden ones, recycle bins, thumbnails, snapshots (@eaDir, #recycle, lost+found, …).
std::optional<std::string_view> litter_directory_rule(std::string_view name);

// Why a file is left alone by its own name: the rule, or that it fits no pattern. Nothing when it may be taken.
std::optional<std::string> ignored_by(const queue::DropSettings& drop, const std::string& file_name);
// Why a directory of this own name is not gone into. `at_top`: it lies in the drop directory itself.
std::optional<std::string> not_entered_by(const queue::Route& route, const std::string& name, bool at_top);
// Its place for what has ended.
[[nodiscard]] bool is_archive(std::string_view directory_at_top);

// May this name below the drop directory be taken, by its own name and the directories it is in? Never below the top's
// done/ and failed/.
[[nodiscard]] bool may_be_taken(const queue::Route& route, const std::string& name);
// The same for going into a directory.
[[nodiscard]] bool may_be_entered(const queue::Route& route, const std::string& directory);

// Names, each with a sentence or rule: the first `most`, and how many there are in all.
class NamesWithReasons {
 public:
  static constexpr std::size_t most = 1'000;

  // One that is not among the first counts as new.
  void add(std::string name, std::string why);
  // One that cannot have been added yet; its name is not looked at once the list is full.
  void count_one_more() { ++count_; }
  // Only one that is among the first.
  void forget(const std::string& name);
  [[nodiscard]] bool full() const { return first_.size() >= most; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] const std::map<std::string, std::string>& first() const { return first_; }

 private:
  std::map<std::string, std::string> first_;
  std::uint64_t count_ = 0;
};

}  // namespace dropload::intake
