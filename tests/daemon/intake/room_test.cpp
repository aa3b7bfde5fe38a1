#include "daemon/intake/room.h"

#include <gtest/gtest.h>

namespace dropload::intake {
namespace {

TEST(Room, IsFullOfSubmissionsOrOfBytes) {
  Room room({.submissions = 2, .bytes = 100});
  EXPECT_TRUE(room.wants_count(1, Time{5})) << "nothing is known yet";
  room.counted({1, 90}, Time{5});
  EXPECT_FALSE(room.wants_count(10, Time{5}));
  EXPECT_EQ(room.admit(11).error().code, Errc::no_space);
  const auto place = room.admit(10);
  ASSERT_TRUE(place);
  EXPECT_EQ(room.admit(0).error().code, Errc::unavailable);
}

TEST(Room, WhatWasNotAcceptedGivesItsPlaceBack) {
  Room room({.submissions = 1, .bytes = 100});
  room.counted({}, Time{5});
  { const auto refused = room.admit(100); }
  {
    auto accepted = room.admit(100);
    ASSERT_TRUE(accepted) << "the first gave it back";
    accepted->accepted(40);
  }
  EXPECT_EQ(room.admit(0).error().code, Errc::unavailable);
}

TEST(Room, WhenItSeemsFullItIsCountedAgainOnceASecond) {
  Room room({.submissions = 1, .bytes = 100});
  room.counted({1, 1}, Time{5});
  EXPECT_FALSE(room.wants_count(1, Time{1'004}));
  EXPECT_TRUE(room.wants_count(1, Time{1'005}));
  room.counted({0, 0}, Time{1'005});
  EXPECT_TRUE(room.admit(1));
}

}  // namespace
}  // namespace dropload::intake
