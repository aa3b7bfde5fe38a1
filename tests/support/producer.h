#pragma once

// A producer that does to a drop directory what producers do, by a seed: writes files in one go and in bursts, renames
// and links them in, replaces, deletes and drops them again. It knows of each of its contents whether it was completely
// dropped; a file that it got hold of again under its name was not taken.

#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "common/base/files.h"

namespace dropload::test {

class Producer {
 public:
  struct Content {
    int number = 0;     // in the column id of each of its rows
    std::string table;  // the file's name up to the '_'
    std::string text;   // "id,name\n3,row 1\n…"
    int rows = 0;
    bool dropped = true;  // completely, and not taken back or replaced before anybody took it
  };

  // `outside` is a directory on the same file system that nobody watches.
  Producer(std::filesystem::path drop, std::filesystem::path outside, unsigned seed);

  // One step of one file's way; what is begun may be ended by a later one.
  void step();
  // Ends all that is begun.
  void finish();

  // By number - 1.
  [[nodiscard]] const std::vector<Content>& contents_made() const { return contents_; }
  // Names that are to lie in the drop directory in the end.
  [[nodiscard]] const std::vector<std::string>& left_alone() const { return left_alone_; }

 private:
  struct Open {
    std::string name;
    UniqueFd file;  // closed on exec, or a daemon that is started meanwhile would be its writer too
    int content = 0;
    std::size_t written = 0;
  };
  int pick(int most) { return static_cast<int>(random_() % static_cast<unsigned>(most)); }
  Content& made(const std::string& name);
  std::string free_name();
  std::filesystem::path outside_file(const std::string& text);
  bool rename_in(const std::string& text, const std::string& name);
  void taken_back(const std::filesystem::path& file);

  void write_at_once();
  void begin_burst();
  void go_on_with_burst();
  void rename_one();
  void link_one();
  void replace_one();
  void delete_one();
  void append_to_one();
  void drop_again();
  void litter();

  std::filesystem::path drop_;
  std::filesystem::path outside_;
  std::mt19937 random_;
  std::vector<Content> contents_;
  std::vector<Open> open_;
  std::vector<std::string> names_;  // that were dropped whole, the last one last
  std::vector<std::string> left_alone_;
  std::map<int, int> copies_;  // how many more there are of a content, by its number
  int files_ = 0;
};

}  // namespace dropload::test
