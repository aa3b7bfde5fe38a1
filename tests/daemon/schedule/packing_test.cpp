#include "daemon/schedule/packing.h"

#include <gtest/gtest.h>

#include <vector>

namespace dropload::schedule {
namespace {

std::size_t together(const std::vector<WaitingFile>& line, const PackingLimits& limits = {},
                     std::uint64_t header_bytes = 10) {
  return how_many_together(line, header_bytes, limits);
}

TEST(Packing, FilesOfOneShapeTravelTogetherUpToTheFirstOfAnother) {
  EXPECT_EQ(together({{100, "a"}, {100, "a"}, {100, "a"}}), 3U);
  EXPECT_EQ(together({{100, "a"}, {100, "a"}, {100, "b"}, {100, "a"}}), 2U) << "arrival order is kept";
}

TEST(Packing, WithoutAShapeAFileTravelsAlone) {
  EXPECT_EQ(together({{100, ""}, {100, ""}}), 1U);
  EXPECT_EQ(together({{100, "a"}, {100, ""}}), 1U);
}

TEST(Packing, TogetherTheyAreNoLargerThanAFileMayBeWithTheHeaderCountedOnce) {
  const PackingLimits limits{.files = 100, .bytes = 1'000};
  // 500 + 1, then 510 - 10 + 1 for each.
  EXPECT_EQ(together({{500, "a"}, {508, "a"}}, limits), 2U) << "500 + 498 of records and a line break each";
  EXPECT_EQ(together({{500, "a"}, {509, "a"}}, limits), 1U);
  EXPECT_EQ(together({{5'000, "a"}, {10, "a"}}, limits), 1U) << "the first travels whatever its size is";
  EXPECT_EQ(together({{10, "a"}, {2'000, "a"}, {10, "a"}}, limits), 1U) << "none is passed over";
}

TEST(Packing, NoMoreThanSoManyFilesTravelTogether) {
  const std::vector<WaitingFile> line(50, WaitingFile{100, "a"});
  EXPECT_EQ(together(line, {.files = 20}), 20U);
  EXPECT_EQ(together(line, {.files = 1}), 1U);
}

TEST(Packing, TheBoundsOfAllThatTravelAreKept) {
  EXPECT_EQ(together({{100, "a", 1}, {100, "a"}}), 1U);
  EXPECT_EQ(together({{100, "a"}, {100, "a", 1}, {100, "a"}}), 1U) << "one that is to go alone";
  EXPECT_EQ(together({{100, "a", 3}, {100, "a", 3}, {100, "a", 3}, {100, "a", 3}}), 3U);
  EXPECT_EQ(together({{100, "a"}, {100, "a"}, {100, "a", 2}}), 2U);
}

}  // namespace
}  // namespace dropload::schedule
