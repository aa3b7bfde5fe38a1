#include "daemon/config_routes.h"

#include "tests/daemon/config_fixture.h"

namespace dropload {
namespace {

using namespace std::chrono_literals;

class Routes : public test::ConfigTest {
 protected:
  // A route that lacks only what says which table; what the test adds stands in line 4 and below.
  static std::string route(const std::string& added) {
    return "[[route]]\nname = \"sales\"\nworkspace = \"Main\"\n" + added;
  }
};

TEST_F(Routes, EveryKeyIsRead) {
  std::filesystem::create_directory(directory.path() / "drop");
  const auto r = config(route(R"(table = "sales"
create = true
import_type = "updateadd"
file_type = "json"
on_error = "skiprow"
matching_columns = ["id"]
selected_columns = ["id", "amount"]
parallel = true
on_unknown = "resend"
on_row_difference = "fail"
max_attempts = 3
when_done = "delete"
max_size = "1MB"
[route.drop]
directory = "drop/"
patterns = ["*.csv", "*.txt"]
recursive = true
stable_for = "5s"
rescan_every = "30s"
poll_every = "20s"
network_stable_for = "40s"
empty_grace = "50s"
complete_when = "marked"
ready_suffix = ".ok"
ignore = ["*.bak"]
online_marker = ".online"
)"))
                     .routes.at(0);
  EXPECT_EQ(r.name, "sales");
  EXPECT_EQ(r.organization, "local");
  EXPECT_EQ(r.workspace, "Main");
  EXPECT_EQ(r.table, "sales");
  EXPECT_TRUE(r.create);
  EXPECT_EQ(r.options.import_type, zoho::ImportType::updateadd);
  EXPECT_EQ(r.options.file_type, zoho::FileType::json);
  EXPECT_EQ(r.options.on_error, zoho::OnError::skiprow);
  EXPECT_EQ(r.options.matching_columns, std::vector<std::string>{"id"});
  EXPECT_EQ(r.options.selected_columns, (std::vector<std::string>{"id", "amount"}));
  EXPECT_TRUE(r.parallel);
  EXPECT_EQ(r.on_unknown_append, queue::OnUnknown::resend);
  EXPECT_EQ(r.on_row_difference, queue::OnRowDifference::fail);
  EXPECT_EQ(r.max_attempts, 3);
  EXPECT_TRUE(r.delete_when_done);
  EXPECT_EQ(r.max_bytes, 1024u * 1024);
  ASSERT_TRUE(r.drop);
  EXPECT_EQ(r.drop->directory, (directory.path() / "drop").string());
  EXPECT_EQ(r.drop->patterns, (std::vector<std::string>{"*.csv", "*.txt"}));
  EXPECT_TRUE(r.drop->recursive);
  EXPECT_EQ(r.drop->stable_for, 5s);
  EXPECT_EQ(r.drop->rescan_every, 30s);
  EXPECT_EQ(r.drop->poll_every, 20s);
  EXPECT_EQ(r.drop->network_stable_for, 40s);
  EXPECT_EQ(r.drop->empty_grace, 50s);
  EXPECT_EQ(r.drop->complete_when, queue::CompleteWhen::marked);
  EXPECT_EQ(r.drop->ready_suffix, ".ok");
  EXPECT_EQ(r.drop->ignore, std::vector<std::string>{"*.bak"});
  EXPECT_EQ(r.drop->online_marker, ".online");
}

TEST_F(Routes, ThereMustBeOne) {
  EXPECT_EQ(problems(""),
            "file: there is no [[route]], so nothing can be imported; add one (dropload.toml shows every key)\n");
}

TEST_F(Routes, MissingKeysAreAllReported) {
  EXPECT_EQ(problems("[[route]]\ntable = \"a\"\n"),
            "1:1: [[route]] needs the key name: write name = \"sales\"\n"
            "1:1: [[route]] needs the key workspace: write workspace = \"Main\"\n");
}

TEST_F(Routes, OneOfSeveralOrganizationsMustBeNamed) {
  EXPECT_EQ(
      problems("[[organization]]\nname = \"a\"\nembedded = true\n[[organization]]\nname = \"b\"\nembedded = true\n" +
               route("table = \"t\"\n")),
      "7:1: [[route]] needs the key organization: write organization = \"a\" (or another one's name)\n");
}

TEST_F(Routes, AnUnknownOrganizationIsReported) {
  EXPECT_EQ(problems_below("organization = \"loca\"\n"),
            "8:16: organization: there is no organization \"loca\"; did you mean \"local\"?\n");
  EXPECT_EQ(problems_below("organization = \"zoho\"\n"),
            "8:16: organization: there is no organization \"zoho\"; the names are \"local\"\n");
}

TEST_F(Routes, TheTableMayComeFromThePatternOrTheDirectory) {
  std::filesystem::create_directory(directory.path() / "drop");
  EXPECT_EQ(
      config(route("table_pattern = '(?<table>[a-z]+)_.*'\ntable_from_directory = false\n")).routes.at(0).table_pattern,
      "(?<table>[a-z]+)_.*");
  EXPECT_TRUE(config(route("table_from_directory = true\n[route.drop]\ndirectory = \"drop\"\nrecursive = true\n"))
                  .routes.at(0)
                  .table_from_directory);
}

TEST_F(Routes, DroppedFilesMayStayWhereTheyAre) {
  std::filesystem::create_directory(directory.path() / "drop");
  const auto r =
      config(route("table = \"sales\"\nwhen_done = \"leave\"\n[route.drop]\ndirectory = \"drop\"\n")).routes.at(0);
  EXPECT_TRUE(r.leave_when_done);
  EXPECT_FALSE(r.delete_when_done);
  EXPECT_EQ(problems_below("when_done = \"leave\"\n"),
            "8:13: when_done: only a dropped file can stay where it is; write [route.drop] with directory, or "
            "\"archive\"\n");
}

TEST_F(Routes, OriginalsMayBeKeptForATime) {
  const auto r = config_below("keep_done = \"30d\"\nkeep_failed = \"90d\"\n").routes.at(0);
  EXPECT_EQ(r.keep_done, 30 * 24h);
  EXPECT_EQ(r.keep_failed, 90 * 24h);
  EXPECT_FALSE(config_below("").routes.at(0).keep_done) << "for ever";
  EXPECT_FALSE(config_below("").routes.at(0).keep_failed);
  EXPECT_NE(problems_below("keep_done = \"23h\"\n").find("8:13: keep_done: "), std::string::npos);
  EXPECT_NE(problems_below("keep_failed = \"3651d\"\n").find("8:15: keep_failed: "), std::string::npos);
  EXPECT_EQ(problems_below("keep_done = \"30d\"\nwhen_done = \"delete\"\n"),
            "8:13: keep_done: with when_done = \"delete\" no original is kept; take one of the two lines out\n");
}

TEST_F(Routes, ExactlyOneWayToTheTableMustBeGiven) {
  const std::string instead =
      " ways which table; write exactly one of table = \"sales\", table_pattern = '(?<table>[a-z]+)_.*' and "
      "table_from_directory = true\n";
  EXPECT_EQ(problems(route("")), "1:1: [[route]] says in no" + instead);
  EXPECT_EQ(problems(route("table = \"a\"\ntable_pattern = '(?<table>a)'\n")), "1:1: [[route]] says in 2" + instead);
}

TEST_F(Routes, APatternThatIsNoRegularExpressionOrHasNoTableIsReported) {
  EXPECT_EQ(problems(route("table_pattern = '(?<table>[a-z+_.*'\n")),
            "4:17: table_pattern: '(?<table>[a-z+_.*' is not a regular expression: Unmatched [ or [^ in character "
            "class declaration, seen "
            "after '(?<table>[a-z+_.*'\n");
  EXPECT_EQ(
      problems(route("table_pattern = '([a-z]+)_.*'\n")),
      "4:17: table_pattern: '([a-z]+)_.*' has no group named table; write the part of the name that is the table as "
      "(?<table>[a-z]+)\n");
}

TEST_F(Routes, ATableFromADirectoryNeedsSubdirectories) {
  std::filesystem::create_directory(directory.path() / "drop");
  EXPECT_EQ(
      problems(route("table_from_directory = true\n")),
      "4:24: table_from_directory: needs a drop directory; write [route.drop] with directory and recursive = true\n");
  EXPECT_EQ(problems(route("table_from_directory = true\n[route.drop]\ndirectory = \"drop\"\n")),
            "4:24: table_from_directory: files in subdirectories are only looked for with recursive = true below "
            "[route.drop]\n");
}

TEST_F(Routes, AWordThatIsNoneIsReportedWithTheWords) {
  EXPECT_EQ(
      problems_below("import_type = \"replace\"\nfile_type = \"CSV\"\non_error = \"skip_row\"\non_unknown = "
                     "\"\"\nwhen_done = \"keep\"\n"),
      "8:15: import_type: \"replace\" is none of \"append\", \"truncateadd\", \"updateadd\"; write one of them\n"
      "9:13: file_type: \"CSV\" is none of \"csv\", \"json\"; did you mean \"csv\"?\n"
      "10:12: on_error: \"skip_row\" is none of \"abort\", \"skiprow\", \"setcolumnempty\"; did you mean \"skiprow\"?\n"
      "11:14: on_unknown: is empty; write something or leave the key out\n"
      "12:13: when_done: \"keep\" is none of \"archive\", \"delete\", \"leave\"; write one of them\n");
}

TEST_F(Routes, MatchingColumnsGoWithUpdateadd) {
  EXPECT_EQ(problems_below("import_type = \"updateadd\"\n"),
            "8:15: import_type: updateadd needs matching_columns: write those that tell rows apart, such as "
            "matching_columns = [\"id\"]\n");
  EXPECT_EQ(
      problems_below("matching_columns = [\"id\"]\n"),
      "8:20: matching_columns: only updateadd matches rows; write import_type = \"updateadd\" or take the line out\n");
  EXPECT_EQ(problems_below("import_type = \"updateadd\"\nmatching_columns = []\n"),
            "9:20: matching_columns: has 0 entries; write 1 to 100, or leave the key out\n");
}

TEST_F(Routes, OnlyCsvFilesThatAreAppendedCanBeMerged) {
  EXPECT_TRUE(config(route("table = \"sales\"\nmerge = true\n")).routes.at(0).merge);
  const std::string told = "merge: only CSV files that are appended can be put together; take the line out\n";
  EXPECT_EQ(problems_below("import_type = \"truncateadd\"\nmerge = true\n"), "9:9: " + told);
  EXPECT_EQ(problems_below("file_type = \"json\"\nmerge = true\n"), "9:9: " + told);
}

TEST_F(Routes, LimitsOutOfRangeAreReportedWithTheRange) {
  EXPECT_EQ(problems_below("max_attempts = 0\nmax_size = \"10GB\"\n"),
            "8:16: max_attempts: 0 is out of range; write a number from 1 to 100\n"
            "9:12: max_size: 10GB is out of range; write 1B to 10000MB\n");
}

TEST_F(Routes, TheSameNameTwiceIsReported) {
  EXPECT_EQ(problems_below(route("table = \"b\"\n")),
            "9:8: name: \"sales\" is that of the route in line 5 already; each must have its own\n");
}

TEST_F(Routes, ADropDirectoryMustExist) {
  directory.write("file", "");
  EXPECT_EQ(problems_below("[route.drop]\ndirectory = \"absent\"\n"),
            "9:13: directory: the directory DIR/absent does not exist; make it, or write the path of one that does\n");
  EXPECT_EQ(problems_below("[route.drop]\ndirectory = \"file\"\n"),
            "9:13: directory: DIR/file is no directory; write the path of one\n");
  EXPECT_EQ(problems_below("[route.drop]\nrecursive = true\n"),
            "8:1: [route.drop] needs the key directory: write directory = \"/srv/dropload/sales\"\n");
}

TEST_F(Routes, APatternWithASlashFitsNoFileName) {
  EXPECT_EQ(problems_below("[route.drop]\ndirectory = \".\"\npatterns = [\"*.csv\", \"in/*.csv\"]\n"),
            "10:12: patterns: \"in/*.csv\" has a slash, and patterns are for the file name alone; write something like "
            "\"*.csv\"\n");
}

TEST_F(Routes, DropDirectoriesThatOverlapAreReported) {
  std::filesystem::create_directories(directory.path() / "in/deep");
  std::filesystem::create_directory(directory.path() / "input");  // not in "in"
  std::filesystem::create_directory_symlink(directory.path() / "in", directory.path() / "link");
  const auto with = [](const std::string& name, const std::string& path) {
    return "[[route]]\nname = \"" + name + "\"\nworkspace = \"Main\"\ntable = \"t\"\ndrop.directory = \"" + path +
           "\"\n";
  };
  EXPECT_EQ(problems(with("a", "in") + with("b", "input")), "");
  EXPECT_EQ(problems(with("a", "in") + with("b", "input/../in")),
            "10:18: the drop directory of route b (DIR/in) is the drop directory of route a (line 5); choose "
            "directories that lie side by "
            "side\n");
  EXPECT_EQ(problems(with("a", "in") + with("b", "link/deep")),
            "10:18: the drop directory of route b (DIR/link/deep) lies inside the drop directory of route a (line 5); "
            "choose directories "
            "that lie side by side\n");
  EXPECT_EQ(problems(with("a", "in/deep") + with("b", "in")),
            "10:18: the drop directory of route b (DIR/in) has in it the drop directory of route a (line 5); choose "
            "directories that lie "
            "side by side\n");
}

TEST_F(Routes, ADropDirectoryAndTheDaemonsOwnDirectoriesLieSideBySide) {
  std::filesystem::create_directories(directory.path() / "in/state");
  EXPECT_EQ(problems(std::string("[daemon]\nstate_directory = \"in/state\"\n") + std::string(fine) +
                     "[route.drop]\ndirectory = \"in\"\n"),
            "11:13: the drop directory of route sales (DIR/in) has in it the state directory (line 2); choose "
            "directories that lie side by "
            "side\n11:13: the drop directory of route sales (DIR/in) has in it the import service's data directory; "
            "choose directories "
            "that lie side by side\n");
  EXPECT_EQ(problems(std::string("[service]\ndata_directory = \"in\"\n") + std::string(fine) +
                     "[route.drop]\ndirectory = \"in/state\"\n"),
            "11:13: the drop directory of route sales (DIR/in/state) lies inside the import service's data directory "
            "(line 2); choose "
            "directories that lie side by side\n");
}

}  // namespace
}  // namespace dropload
