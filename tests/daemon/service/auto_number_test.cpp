// Columns of AUTO_NUMBER: what has no number gets the next.

#include "tests/daemon/service/loader_fixture.h"

namespace dropload::service {
namespace {

using ::testing::ElementsAre;
using zoho::ImportType;

class AutoNumberTest : public LoaderTest {
 protected:
  zoho::JobDetails create_numbered(const std::string& text) {
    zoho::ImportOptions options;
    options.column_data_types = {{"no", "AUTO_NUMBER"}};
    return create(text, options);
  }
};

TEST_F(AutoNumberTest, ANewTablesRowsAreNumberedInTheirOrder) {
  EXPECT_EQ(create_numbered("no,v\n,a\n,b\n,c\n").columns.at("no"), "Auto Number");
  EXPECT_THAT(rows("t", true), ElementsAre("1:int|a:text", "2:int|b:text", "3:int|c:text"));
}

TEST_F(AutoNumberTest, NumbersThatAreGivenStayAndTheOthersGoOnBehindTheHighest) {
  create_numbered("no,v\n,a\n7,b\n,c\n");
  EXPECT_THAT(rows(), ElementsAre("8|a", "7|b", "9|c"));
}

TEST_F(AutoNumberTest, AppendedRowsGoOnEvenWithoutTheColumn) {
  create_numbered("no,v\n,a\n");
  add("no,v\n,b\n");
  add("v\nc\nd\n");
  EXPECT_THAT(rows(), ElementsAre("1|a", "2|b", "3|c", "4|d"));
  add("v\ne\n", with(ImportType::truncateadd));
  EXPECT_THAT(rows(), ElementsAre("1|e"));
}

TEST_F(AutoNumberTest, ARowThatIsUpdatedKeepsItsNumber) {
  create_numbered("no,v,w\n,a,1\n,b,2\n");
  zoho::ImportOptions options = with(ImportType::updateadd);
  options.matching_columns = {"v"};
  add("no,v,w\n,a,3\n,c,4\n9,b,5\n", options);
  EXPECT_THAT(rows(), ElementsAre("1|a|3", "9|b|5", "10|c|4"));
}

TEST_F(AutoNumberTest, ColumnsMayHaveTheNamesOfSqlitesOwn) {
  zoho::ImportOptions options;
  options.column_data_types = {{"rowid", "AUTO_NUMBER"}, {"oid", "AUTO_NUMBER"}};
  create("rowid,oid,v\n,,a\n,,b\n", options, "u");
  SQLite::Database database(directory.path() / "warehouse.db", SQLite::OPEN_READONLY);
  EXPECT_EQ(database.execAndGet("SELECT group_concat(\"rowid\" || \"oid\" || v) FROM u").getString(), "11a,22b");
}

}  // namespace
}  // namespace dropload::service
