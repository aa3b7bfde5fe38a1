#pragma once

// Command lines run in this process, against a REST API in this process.

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/cli/cli.h"
#include "tests/support/api_server.h"

namespace dropload::cli {

struct Ran {
  Exit exit = Exit::success;
  std::string out;
  std::string err;
};

class CliTest : public testing::Test {
 protected:
  // Runs without --url.
  Ran run_plain(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream err;
    Surroundings surroundings{out, err, terminal_, server_.clock(),
                              [this](Milliseconds duration) { on_pause(duration); }};
    const Exit exit = run(arguments, surroundings);
    return {exit, out.str(), err.str()};
  }
  Ran run_command(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--url", server_.url()});
    return run_plain(arguments);
  }
  std::string file(const std::string& name, std::string_view text = "id,name\n1,a\n") {
    return files_.write(name, text);
  }

  // What happens in the daemon while a command waits: one after the other, one a pause; after the last, time alone
  // passes.
  void on_pause(Milliseconds duration) {
    server_.clock().advance(duration);
    if (next_ < meanwhile_.size()) meanwhile_[next_++]();
  }

  test::ApiServer server_;
  test::TemporaryDirectory files_;
  bool terminal_ = false;
  std::vector<std::function<void()>> meanwhile_;
  std::size_t next_ = 0;
};

}  // namespace dropload::cli
