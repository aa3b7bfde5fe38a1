#include "tests/support/temporary_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace dropload::test {

namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory() : TemporaryDirectory(fs::temp_directory_path()) {}

TemporaryDirectory::TemporaryDirectory(const fs::path& parent) {
  std::string pattern = (parent / "dropload-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path TemporaryDirectory::write(const fs::path& name, std::string_view text) const {
  const fs::path path = path_ / name;
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path.string());
  return path;
}

fs::path other_file_system() {
  struct stat usual {};
  if (::stat(fs::temp_directory_path().c_str(), &usual) != 0) throw std::runtime_error("no temporary directory");
  for (const fs::path candidate : {"/dev/shm", "/run/lock", "/var/tmp", "/tmp"}) {
    struct stat info {};
    if (::stat(candidate.c_str(), &info) == 0 && info.st_dev != usual.st_dev && ::access(candidate.c_str(), W_OK) == 0)
      return candidate;
  }
  throw std::runtime_error(
      "this test needs a second file system that it may write to: mount a tmpfs at /dev/shm, or set TMPDIR to a "
      "directory on another file system than /dev/shm, /run/lock, /var/tmp and /tmp");
}

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

}  // namespace dropload::test
