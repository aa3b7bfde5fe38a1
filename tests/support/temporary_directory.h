#pragma once

// A directory of its own for each test, removed with all that is in it.

#include <filesystem>

namespace dropload::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  // Below another directory than the system's for temporary files.
  explicit TemporaryDirectory(const std::filesystem::path& parent);
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Writes a file below it, directories and all, and gives its path.
  std::filesystem::path write(const std::filesystem::path& name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

// A directory on another file system than the one for temporary files. Throws, with what to do, when there is none.
std::filesystem::path other_file_system();

// The whole of a file.
std::string contents(const std::filesystem::path& path);

}  // namespace dropload::test
