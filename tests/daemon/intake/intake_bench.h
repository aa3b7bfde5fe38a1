#pragma once

// All that an intake needs, on a temporary directory: drop/, spool/, queue.db.

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "daemon/intake/intake.h"
#include "daemon/intake/looking.h"
#include "tests/support/complete.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_files.h"
#include "tests/support/temporary_directory.h"

namespace dropload::intake {

struct Bench {
  test::TemporaryDirectory directory;
  test::FaultyFiles files;
  test::FakeClock clock;
  boost::asio::io_context context;
  boost::asio::thread_pool pool{2};
  queue::StoreThread store{queue::Store::open(directory.path() / "queue.db").value()};
  queue::Spool spool = queue::Spool::open(directory.path() / "spool", files).value();
  int announced = 0;
  RoomLimits limits;
  Intake intake{{store, spool, files, clock, pool, [this] { ++announced; }, limits}};
  queue::Route route;

  explicit Bench(RoomLimits room = {}) : limits(room) {
    route.name = "sales";
    route.organization = "main";
    route.workspace = "Demo";
    route.table = "Sales";
    route.max_bytes = 10'000'000;
    route.drop.emplace();
    route.drop->directory = drop().string();
    std::filesystem::create_directories(drop());
  }
  ~Bench() { pool.join(); }

  [[nodiscard]] std::filesystem::path drop() const { return directory.path() / "drop"; }
  // Renames between the drop directory and the spool fail, as between two file systems.
  void lie_on_two_file_systems() { files.separate(spool.directory(), drop()); }

  Result<queue::Submission> take(const std::string& name, const std::string& subdirectory = "") {
    const auto look = look_at(drop() / subdirectory / name);
    return test::complete(context, intake.take(route, subdirectory, name, look ? *look : Look{}));
  }
  // Newest first.
  std::vector<queue::Submission> submissions() {
    return store.run_blocking([](queue::Store& s) { return s.list({.limit = 1000}); }).value();
  }
  // The paths of the files below a directory, relative to it, sorted.
  [[nodiscard]] static std::vector<std::string> files_below(const std::filesystem::path& root) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (!entry.is_directory()) names.push_back(entry.path().lexically_relative(root).string());
    }
    std::ranges::sort(names);
    return names;
  }
  [[nodiscard]] std::vector<std::string> dropped() const { return files_below(drop()); }
  [[nodiscard]] std::vector<std::string> spooled() const { return files_below(spool.directory()); }
};

}  // namespace dropload::intake
