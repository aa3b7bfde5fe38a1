#include "daemon/intake/receiving.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"

namespace dropload::intake {
namespace {

using testing::ElementsAre;

// Remembers the size that the file has whenever it is begun to bring it to the disk, and when that is waited for.
class WatchedFiles final : public SystemFiles {
 public:
  void begin_sync(int fd) override {
    steps.push_back(fmt::format("begin at {}", std::filesystem::file_size(fmt::format("/proc/self/fd/{}", fd))));
    SystemFiles::begin_sync(fd);
  }
  Result<void> sync(int fd) override {
    steps.emplace_back("sync");
    return SystemFiles::sync(fd);
  }

  std::vector<std::string> steps;
};

queue::Sidecar sidecar_of(queue::SubmissionId id) {
  queue::Sidecar sidecar;
  sidecar.submission.id = id;
  sidecar.submission.file_name = "a.csv";
  return sidecar;
}

TEST(Receiving, ALargeFileIsBroughtToTheDiskWhileItComesAndWhileItIsSurveyed) {
  test::TemporaryDirectory directory;
  WatchedFiles files;
  auto spool = queue::Spool::open(directory.path() / "spool", files).value();
  Receiving receiving(spool, files, sidecar_of(1));
  ASSERT_TRUE(receiving.open());
  const std::vector<std::byte> piece(begin_sync_bytes * 3 / 4, std::byte{'x'});
  for (int n = 0; n < 4; ++n) ASSERT_TRUE(receiving.write(piece));
  files.steps.push_back("complete");
  ASSERT_TRUE(receiving.complete({}, {}));
  files.steps.resize(6);
  EXPECT_THAT(files.steps,
              ElementsAre(fmt::format("begin at {}", 2 * piece.size()), fmt::format("begin at {}", 3 * piece.size()),
                          fmt::format("begin at {}", 4 * piece.size()), "complete",
                          fmt::format("begin at {}", 4 * piece.size()), "sync"));
}

}  // namespace
}  // namespace dropload::intake
