#include "common/zoho/paths.h"

#include <gtest/gtest.h>

namespace dropload::zoho {
namespace {

TEST(Paths, SegmentsTakeTheirPlacesInOrder) {
  EXPECT_EQ(fill(path::create_new, {"17"}), "/restapi/v2/bulk/workspaces/17/data");
  EXPECT_EQ(fill(path::batch_existing, {"17", "18"}), "/restapi/v2/bulk/workspaces/17/views/18/data/batch");
  EXPECT_EQ(fill(path::job, {"17", "1767024000003153087"}),
            "/restapi/v2/bulk/workspaces/17/importjobs/1767024000003153087");
  EXPECT_EQ(fill(path::meta_details, {}), "/restapi/v2/metadetails");
}

TEST(Paths, ASegmentCannotBecomeMoreThanOne) {
  EXPECT_EQ(fill(path::workspace, {"a/b?c d{e}"}), "/restapi/v2/workspaces/a%2Fb%3Fc%20d%7Be%7D");
  EXPECT_EQ(fill(path::workspace, {"Umsätze"}), "/restapi/v2/workspaces/Ums%C3%A4tze");
}

TEST(Paths, EveryDataCenterHasItsTwoHosts) {
  ASSERT_NE(find_data_center("ca"), nullptr);
  EXPECT_EQ(find_data_center("ca")->api_host, "analyticsapi.zohocloud.ca");
  EXPECT_EQ(find_data_center("au")->accounts_host, "accounts.zoho.com.au");
  EXPECT_EQ(find_data_center("mars"), nullptr);
  EXPECT_EQ(find_data_center(""), nullptr);
  EXPECT_EQ(data_center_names(), "us, eu, in, au, jp, cn, sa, ca");
}

}  // namespace
}  // namespace dropload::zoho
