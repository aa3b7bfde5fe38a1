#pragma once

// Typed reading of one TOML table. Nothing stops at a problem: it is noted with its place, the value keeps its default,
// and reading goes on, so that one look at the file finds them all.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "daemon/config.h"

namespace dropload::config {

struct Place {
  int line = 0;  // 0: the file as a whole
  int column = 0;
};
Place place_of(const toml::source_region& region);

// The file that is read and what was found wrong with it.
struct Source {
  std::filesystem::path directory;  // relative paths begin here
  bool owner_only = false;          // nobody but its owner may read the file
  std::vector<ConfigProblem> problems;

  void problem(Place place, std::string message) { problems.push_back({place.line, place.column, std::move(message)}); }
};

// A word of the file and what it stands for.
template <typename T>
struct Word {
  std::string_view text;
  T value;
};

// "\"append\", \"truncateadd\", \"updateadd\"".
std::string list_of(const std::vector<std::string>& words);

class TableReader {
 public:
  // `name` is how messages speak of the table: "[daemon]". Both outlive the reader.
  TableReader(const toml::table& table, std::string name, Source& source);

  [[nodiscard]] Source& source() const { return *source_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  // Where the value stands; the table itself when the key is not there.
  [[nodiscard]] Place place(std::string_view key) const;
  [[nodiscard]] Place place() const { return place_of(table_->source()); }
  // Notes a problem of this key: "<key>: <message>".
  void problem(std::string_view key, std::string_view message);

  // Each of these makes the key a known one. Those called read leave `into` alone and give false when the key is
  // missing or its value is wrong; the latter is a problem.
  const toml::node* find(std::string_view key);
  [[nodiscard]] bool has(std::string_view key) { return find(key) != nullptr; }
  // A missing key is a problem; `line_to_write` is shown: name = "sales".
  bool require(std::string_view key, std::string_view line_to_write);

  // A text that is not empty and has no control characters but a tab.
  bool read(std::string_view key, std::string& into);
  bool read(std::string_view key, bool& into);
  bool read(std::string_view key, std::vector<std::string>& into, std::size_t most);
  bool read_number(std::string_view key, int& into, int least, int most);
  bool read_duration(std::string_view key, Milliseconds& into, Milliseconds least, Milliseconds most);
  bool read_size(std::string_view key, std::uint64_t& into, std::uint64_t most);
  bool read_path(std::string_view key, std::filesystem::path& into);
  // Puts what a parser of config_values makes of the text; its error is the problem.
  template <typename T, typename Parse>
  bool read_parsed(std::string_view key, T& into, Parse parse) {
    std::string text;
    if (!read(key, text)) return false;
    auto parsed = parse(text);
    if (!parsed) {
      problem(key, parsed.error().message);
      return false;
    }
    into = std::move(*parsed);
    return true;
  }
  template <typename T>
  bool read_word(std::string_view key, T& into, std::span<const Word<T>> words) {
    std::string text;
    if (!read(key, text)) return false;
    std::vector<std::string> known;
    for (const Word<T>& word : words) {
      if (word.text == text) {
        into = word.value;
        return true;
      }
      known.emplace_back(word.text);
    }
    unknown_word(key, text, known);
    return false;
  }
  // { "column" = "text", … }: the entries that are text.
  struct Entry {
    std::string key;
    std::string text;
    Place place;
  };
  std::vector<Entry> entries(std::string_view key);
  // [parent.key]
  std::optional<TableReader> subtable(std::string_view key);
  // Every [[key]], or [[parent.key]].
  std::vector<TableReader> tables(std::string_view key);

  // Notes every key that nobody asked for. A key that `above` knows was probably swallowed by this table's header.
  void finish(const TableReader* above = nullptr);

 private:
  // A problem unless the value is a table.
  const toml::table* table_at(std::string_view key);
  void wrong_type(std::string_view key, const toml::node& found, std::string_view wanted);
  void unknown_word(std::string_view key, std::string_view text, const std::vector<std::string>& known);

  const toml::table* table_;
  std::string name_;
  Source* source_;
  std::vector<std::string> known_;
};

}  // namespace dropload::config
