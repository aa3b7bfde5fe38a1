#include "daemon/service/json_paths.h"

namespace dropload::service {
namespace {

// A table has 300 columns, of which a file may hold more to choose from; beyond this it is no table.
constexpr std::size_t max_paths = 10'000;
constexpr std::size_t max_key_bytes = 4 * 1024 * 1024;

}  // namespace

JsonPaths::JsonPaths() : nodes_(1) {}

std::optional<JsonPaths::Path> JsonPaths::member(Path object, std::string_view key) {
  const auto& members = nodes_[index(object)].members;
  if (const auto found = members.find(key); found != members.end()) return found->second;
  key_bytes_ += key.size();
  if (nodes_.size() > max_paths || key_bytes_ > max_key_bytes) return std::nullopt;
  const auto path = static_cast<Path>(nodes_.size());
  nodes_[index(object)].members.emplace(key, path);
  Node& node = nodes_.emplace_back();
  node.parent = object;
  node.key = key;
  node.name_bytes = key.size() + (object == root ? 0 : nodes_[index(object)].name_bytes + 1);
  return path;
}

JsonPaths::Path JsonPaths::known_member(Path object, std::string_view key) const {
  return nodes_[index(object)].members.find(key)->second;
}

std::vector<std::string> JsonPaths::number_columns(bool last_key_alone) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    if (!node.has_value && !(node.is_noted && node.members.empty())) continue;
    node.column = static_cast<int>(names.size());
    names.push_back(last_key_alone ? node.key : joined(node));
  }
  return names;
}

std::string JsonPaths::joined(const Node& node) const {
  return node.parent == root ? node.key : joined(nodes_[index(node.parent)]) + "." + node.key;
}

}  // namespace dropload::service
