#include "daemon/config_reader.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "common/base/nearest.h"
#include "daemon/config_values.h"

namespace dropload::config {
namespace {

std::string_view name_of_type(toml::node_type type) {
  switch (type) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "text in quotes";
    case toml::node_type::integer:
      return "a number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::none:
      return "nothing";
    default:
      return "a date or time";
  }
}

// Nothing when the text may stand for a name, a path, a pattern.
std::string_view why_unusable(std::string_view text) {
  if (text.empty()) return "is empty; write something or leave the key out";
  const auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; };
  if (std::ranges::any_of(text, is_control)) return "has a control character in it; take it out";
  return {};
}

// "[[route]]" and "csv" make "[route.csv]".
std::string name_of_subtable(std::string_view name, std::string_view key) {
  if (!name.starts_with('[')) return fmt::format("[{}]", key);
  name.remove_prefix(name.find_last_of('[') + 1);
  return fmt::format("[{}.{}]", name.substr(0, name.find(']')), key);
}

}  // namespace

Place place_of(const toml::source_region& region) {
  return {static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

std::string list_of(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back(fmt::format("\"{}\"", word == "\t" ? "\\t" : word));
  return fmt::format("{}", fmt::join(quoted, ", "));
}

TableReader::TableReader(const toml::table& table, std::string name, Source& source)
    : table_(&table), name_(std::move(name)), source_(&source) {}

Place TableReader::place(std::string_view key) const {
  const toml::node* node = table_->get(key);
  return place_of(node == nullptr ? table_->source() : node->source());
}

void TableReader::problem(std::string_view key, std::string_view message) {
  source_->problem(place(key), fmt::format("{}: {}", key, message));
}

const toml::node* TableReader::find(std::string_view key) {
  if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
  return table_->get(key);
}

bool TableReader::require(std::string_view key, std::string_view line_to_write) {
  if (has(key)) return true;
  source_->problem(place(), fmt::format("{} needs the key {}: write {}", name_, key, line_to_write));
  return false;
}

bool TableReader::read(std::string_view key, std::string& into) {
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  if (!node->is_string()) {
    wrong_type(key, *node, "text in quotes");
    return false;
  }
  const std::string& text = node->as_string()->get();
  if (const auto why = why_unusable(text); !why.empty()) {
    problem(key, why);
    return false;
  }
  into = text;
  return true;
}

bool TableReader::read(std::string_view key, bool& into) {
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  if (!node->is_boolean()) {
    wrong_type(key, *node, "true or false, without quotes");
    return false;
  }
  into = node->as_boolean()->get();
  return true;
}

bool TableReader::read(std::string_view key, std::vector<std::string>& into, std::size_t most) {
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  const toml::array* list = node->as_array();
  if (list == nullptr) {
    wrong_type(key, *node, "a list of texts, such as [\"a\", \"b\"]");
    return false;
  }
  if (list->empty() || list->size() > most) {
    problem(key, fmt::format("has {} entries; write 1 to {}, or leave the key out", list->size(), most));
    return false;
  }
  std::vector<std::string> texts;
  int number = 0;
  for (const toml::node& entry : *list) {
    ++number;
    const auto* text = entry.as_string();
    const std::string_view why = text == nullptr ? "is not text; put it in quotes" : why_unusable(text->get());
    if (why.empty()) {
      texts.push_back(text->get());
    } else {
      source_->problem(place_of(entry.source()), fmt::format("{}: entry {} {}", key, number, why));
    }
  }
  if (texts.size() != list->size()) return false;
  into = std::move(texts);
  return true;
}

bool TableReader::read_number(std::string_view key, int& into, int least, int most) {
  const toml::node* node = find(key);
  if (node == nullptr) return false;
  if (!node->is_integer()) {
    wrong_type(key, *node, "a whole number, without quotes");
    return false;
  }
  const std::int64_t value = node->as_integer()->get();
  if (value < least || value > most) {
    problem(key, fmt::format("{} is out of range; write a number from {} to {}", value, least, most));
    return false;
  }
  into = static_cast<int>(value);
  return true;
}

bool TableReader::read_duration(std::string_view key, Milliseconds& into, Milliseconds least, Milliseconds most) {
  const toml::node* node = find(key);
  if (node != nullptr && node->is_number()) {
    wrong_type(key, *node, "text with a unit (ms, s, m, h, d), such as \"10s\"");
    return false;
  }
  Milliseconds duration{};
  if (!read_parsed(key, duration, parse_duration)) return false;
  if (duration < least || duration > most) {
    problem(key, fmt::format("{} is out of range; write {} to {}", to_text(duration), to_text(least), to_text(most)));
    return false;
  }
  into = duration;
  return true;
}

bool TableReader::read_size(std::string_view key, std::uint64_t& into, std::uint64_t most) {
  const toml::node* node = find(key);
  if (node != nullptr && node->is_number()) {
    wrong_type(key, *node, "text with a unit (B, KB, MB, GB), such as \"100MB\"");
    return false;
  }
  std::uint64_t bytes = 0;
  if (!read_parsed(key, bytes, parse_size)) return false;
  if (bytes == 0 || bytes > most) {
    problem(key, fmt::format("{} is out of range; write 1B to {}", to_text(bytes), to_text(most)));
    return false;
  }
  into = bytes;
  return true;
}

bool TableReader::read_path(std::string_view key, std::filesystem::path& into) {
  std::string text;
  if (!read(key, text)) return false;
  into = (source_->directory / text).lexically_normal();
  if (!into.has_filename() && into.has_relative_path()) into = into.parent_path();  // "/srv/in/" and "/srv/in" are one
  return true;
}

std::vector<TableReader::Entry> TableReader::entries(std::string_view key) {
  std::vector<Entry> found;
  const toml::table* table = table_at(key);
  if (table == nullptr) return found;
  for (const auto& [name, node] : *table) {
    const auto* text = node.as_string();
    const std::string_view why = text == nullptr ? "is not text; put it in quotes" : why_unusable(text->get());
    if (why.empty()) {
      found.push_back({std::string(name.str()), text->get(), place_of(node.source())});
    } else {
      source_->problem(place_of(node.source()), fmt::format("{}: what stands for \"{}\" {}", key, name.str(), why));
    }
  }
  return found;
}

std::optional<TableReader> TableReader::subtable(std::string_view key) {
  const toml::table* table = table_at(key);
  if (table == nullptr) return std::nullopt;
  return TableReader(*table, name_of_subtable(name_, key), *source_);
}

std::vector<TableReader> TableReader::tables(std::string_view key) {
  const toml::node* node = find(key);
  std::vector<TableReader> readers;
  if (node == nullptr) return readers;
  const std::string name = fmt::format("[{}]", name_of_subtable(name_, key));
  if (const toml::table* single = node->as_table(); single != nullptr) {
    source_->problem(place(key), fmt::format("[{}] stands for one of several; write {}", key, name));
    readers.push_back(TableReader(*single, name, *source_));
  } else if (node->is_array_of_tables()) {
    for (const toml::node& element : *node->as_array())
      readers.push_back(TableReader(*element.as_table(), name, *source_));
  } else {
    wrong_type(key, *node, fmt::format("its keys below a line {}", name));
  }
  return readers;
}

const toml::table* TableReader::table_at(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) wrong_type(key, *node, "a table");
  return node->as_table();
}

void TableReader::finish(const TableReader* above) {
  for (const auto& [key, node] : *table_) {
    const std::string_view text = key.str();
    if (std::ranges::find(known_, text) != known_.end()) continue;
    std::string advice;
    if (above != nullptr && std::ranges::find(above->known_, text) != above->known_.end()) {
      advice = fmt::format("it belongs to {}: move it above the line {}", above->name_, name_);
    } else if (const std::string meant = nearest(text, known_); !meant.empty()) {
      advice = fmt::format("did you mean {}?", meant);
    } else {
      advice = fmt::format("the keys are {}", fmt::join(known_, ", "));
    }
    source_->problem(place_of(key.source()), fmt::format("unknown key {} in {}; {}", text, name_, advice));
  }
}

void TableReader::wrong_type(std::string_view key, const toml::node& found, std::string_view wanted) {
  problem(key, fmt::format("is {}; write {}", name_of_type(found.type()), wanted));
}

void TableReader::unknown_word(std::string_view key, std::string_view text, const std::vector<std::string>& known) {
  const std::string meant = nearest(text, known);
  const std::string advice = meant.empty() ? "write one of them" : fmt::format("did you mean \"{}\"?", meant);
  problem(key, fmt::format("\"{}\" is none of {}; {}", text, list_of(known), advice));
}

}  // namespace dropload::config
