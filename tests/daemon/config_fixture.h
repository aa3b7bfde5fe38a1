#pragma once

// A configuration file of a test's own. It begins with seven lines that are fine, so what a test adds stands in line 8
// and below.

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "daemon/config.h"
#include "tests/support/temporary_directory.h"

namespace dropload::test {

class ConfigTest : public testing::Test {
 protected:
  static constexpr std::string_view fine = R"([[organization]]
name = "local"
embedded = true
[[route]]
name = "sales"
workspace = "Main"
table = "sales"
)";

  LoadedConfig load(std::string_view text, mode_t mode = 0644) const {
    const auto file = directory.write("dropload.toml", text);
    if (::chmod(file.c_str(), mode) != 0) throw std::runtime_error("chmod");
    return load_config(file);
  }
  // Each problem as "<line>:<column>: <message>" in a line, "file: <message>" when it is of the file as a whole; the
  // test's directory is DIR.
  std::string problems(std::string_view text, mode_t mode = 0644) const {
    std::string shown;
    for (const ConfigProblem& problem : load(text, mode).problems) {
      const std::string place = problem.line == 0 ? "file" : fmt::format("{}:{}", problem.line, problem.column);
      shown += fmt::format("{}: {}\n", place, problem.message);
    }
    const std::string path = directory.path().string();
    for (auto at = shown.find(path); at != std::string::npos; at = shown.find(path))
      shown.replace(at, path.size(), "DIR");
    return shown;
  }
  std::string problems_below(std::string_view text) const { return problems(std::string(fine) + std::string(text)); }

  // What a text that must be fine gives.
  Config config(std::string_view text, mode_t mode = 0644) const {
    auto loaded = load(text, mode);
    EXPECT_EQ(describe(loaded, "config"), "");
    return std::move(loaded.config);
  }
  Config config_below(std::string_view text) const { return config(std::string(fine) + std::string(text)); }

  TemporaryDirectory directory;
};

// An environment variable for as long as a test runs.
class ScopedVariable {
 public:
  ScopedVariable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (::setenv(name_.c_str(), value.c_str(), 1) != 0) throw std::runtime_error("setenv");
  }
  ~ScopedVariable() { ::unsetenv(name_.c_str()); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  std::string name_;
};

}  // namespace dropload::test
