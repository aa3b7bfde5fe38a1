#include "common/zoho/own_disk.h"

#include <gtest/gtest.h>

namespace dropload::zoho {
namespace {

TEST(OwnDisk, WhatIsSaidOfAFullOrBrokenDiskIsKnownByItsWords) {
  for (const Errc code : {Errc::no_space, Errc::io, Errc::permission_denied, Errc::busy}) {
    const Error failure{code, "cannot write"};
    ASSERT_TRUE(is_of_own_disk(failure));
    EXPECT_TRUE(says_own_disk(7005, own_disk_message(failure)));
    EXPECT_FALSE(says_own_disk(7232, own_disk_message(failure)));
  }
  EXPECT_NE(own_disk_message({Errc::no_space, "x"}).find("full"), std::string::npos);
}

TEST(OwnDisk, OtherFailuresOfTheServiceAreNotOfItsDisk) {
  for (const Errc code : {Errc::internal, Errc::corrupt, Errc::unavailable, Errc::not_found}) {
    EXPECT_FALSE(is_of_own_disk({code, "x"}));
  }
  EXPECT_FALSE(says_own_disk(7005, "Sorry, an unexpected error occurred."));
}

}  // namespace
}  // namespace dropload::zoho
