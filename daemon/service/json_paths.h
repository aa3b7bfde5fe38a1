#pragma once

// The places in a JSON file where values stand, as the keys that lead to them, and the columns they become. Pure.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dropload::service {

class JsonPaths {
 public:
  using Path = int;
  static constexpr Path root = 0;
  static constexpr int no_column = -1;

  JsonPaths();

  // The path of a member; made when it is new. Nothing when there are too many of them to be columns of anything.
  std::optional<Path> member(Path object, std::string_view key);
  // The path of a member that was made before.
  [[nodiscard]] Path known_member(Path object, std::string_view key) const;
  // Of the name that the path gives a column: all its keys, joined with dots.
  [[nodiscard]] std::size_t name_bytes(Path path) const { return nodes_[index(path)].name_bytes; }
  // A value stands there / null, an empty object or an empty array does, which says nothing about what else may.
  void note_value(Path path) { nodes_[index(path)].has_value = true; }
  void note_nothing(Path path) { nodes_[index(path)].is_noted = true; }

  // Gives every path with a value its column, in the order in which the paths were made, and names them: by the last
  // key alone, or by all keys joined with dots. A path that only ever holds nothing has a column unless it has members.
  std::vector<std::string> number_columns(bool last_key_alone);
  [[nodiscard]] int column(Path path) const { return nodes_[index(path)].column; }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct Node {
    Path parent = root;
    std::string key;
    std::size_t name_bytes = 0;
    bool has_value = false;
    bool is_noted = false;
    int column = no_column;
    std::unordered_map<std::string, Path, Hash, std::equal_to<>> members;
  };

  static std::size_t index(Path path) { return static_cast<std::size_t>(path); }
  [[nodiscard]] std::string joined(const Node& node) const;

  std::vector<Node> nodes_;
  std::size_t key_bytes_ = 0;
};

}  // namespace dropload::service
