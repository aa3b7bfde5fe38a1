// Every setting of CONFIG, as it changes the table that comes of it.

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class OptionsContract : public WireTest {
 protected:
  // Without autoIdentify: nothing is found out.
  static Json told(int delimiter, int quoted) {
    return {{"autoIdentify", false}, {"delimiter", delimiter}, {"quoted", quoted}};
  }
};

TEST_F(OptionsContract, DelimiterIsOneOfFiveCharacters) {
  const std::string characters = ",\t; |";
  for (int i = 0; i < 5; ++i) {
    const char c = characters[static_cast<std::size_t>(i)];
    const std::string name = "t" + std::to_string(i);
    made(name, std::string("a") + c + "b\n1" + c + "x.y:z\n", told(i, 2));
    EXPECT_EQ(table(name), (Rows{{"a", "b"}, {"1", "x.y:z"}})) << i;
  }
}

TEST_F(OptionsContract, QuotedIsNoneSingleOrDouble) {
  const std::string file = "a,b\n'x',\"y\"\n";
  made("none", file, told(0, 0));
  EXPECT_EQ(table("none").at(1), (std::vector<std::string>{"'x'", "\"y\""}));
  made("single", file, told(0, 1));
  EXPECT_EQ(table("single").at(1), (std::vector<std::string>{"x", "\"y\""}));
  made("double", file, told(0, 2));
  EXPECT_EQ(table("double").at(1), (std::vector<std::string>{"'x'", "y"}));
}

TEST_F(OptionsContract, CommentCharSkipsTheLinesThatBeginWithIt) {
  made("t", "# made on Monday\na,b\n#1,x\n2,#y\n", {{"commentChar", "#"}});
  EXPECT_EQ(table("t"), (Rows{{"a", "b"}, {"2", "#y"}}));
}

TEST_F(OptionsContract, SkipTopDropsLinesBeforeTheHeader) {
  made("t", "Report; of \"May\n\na,b\n1,x\n", {{"skipTop", 2}});
  EXPECT_EQ(table("t"), (Rows{{"a", "b"}, {"1", "x"}}));
}

TEST_F(OptionsContract, AutoIdentifyFindsDelimiterQuoteTypesAndDateFormats) {
  const Json info = loaded("", new_table("t"),
                           "day;what;amount;rate;mail;ok;site\n31/12/2026;'a;b';1;5%;a@b.de;yes;http://x.de\n"
                           "01/02/2027;'c';22.50;7.5%;c@d.de;no;http://y.de\n");
  EXPECT_EQ(info.at("columnDetails"), Json({{"day", "Date"},
                                            {"what", "Plain Text"},
                                            {"amount", "Decimal Number"},
                                            {"rate", "Percent"},
                                            {"mail", "E-Mail"},
                                            {"ok", "True/False"},
                                            {"site", "URL"}}));
  EXPECT_EQ(table("t").at(2).at(0), "2027-02-01") << "the month is found out by the other date";
  EXPECT_EQ(table("t").at(1).at(1), "a;b");
}

TEST_F(OptionsContract, AutoIdentifyLeavesAloneWhatIsGiven) {
  made("t", "a;b,c\n1;2,3\n", {{"delimiter", 0}});
  EXPECT_EQ(table("t"), (Rows{{"a;b", "c"}, {"1;2", "3"}}));
}

TEST_F(OptionsContract, SelectedColumnsAreTheOnlyOnes) {
  const Json info = loaded("", new_table("t", {{"selectedColumns", {"C", "a"}}}), "a,b,c\n1,2,3\n");
  EXPECT_EQ(table("t"), (Rows{{"a", "c"}, {"1", "3"}}));
  EXPECT_EQ(info.at("importSummary").at("totalColumnCount"), 3);
  EXPECT_EQ(info.at("importSummary").at("selectedColumnCount"), 2);
}

TEST_F(OptionsContract, MatchingColumnsDecideWhichRowsAreUpdated) {
  const std::string view = made("t", "id,part,n\n1,a,10\n1,b,20\n");
  loaded(view, existing("UPDATEADD", {{"matchingColumns", {"id", "part"}}}), "id,part,n\n1,b,21\n2,b,30\n");
  EXPECT_EQ(table("t"), (Rows{{"id", "part", "n"}, {"1", "a", "10"}, {"1", "b", "21"}, {"2", "b", "30"}}));
}

TEST_F(OptionsContract, MatchNullsLetsEmptyValuesMatch) {
  const std::string file = "id,n\n,11\n";
  for (const bool match : {false, true}) {
    const std::string name = match ? "with" : "without";
    const std::string view = made(name, "id,n\n1,1\n,10\n");
    loaded(view, existing("updateadd", {{"matchingColumns", {"id"}}, {"matchNulls", match}}), file);
    EXPECT_EQ(table(name).size(), match ? 3U : 4U);
  }
  EXPECT_EQ(table("with").at(2), (std::vector<std::string>{"~", "11"}));
}

TEST_F(OptionsContract, ThousandAndDecimalSeparatorSayHowNumbersAreWritten) {
  const std::string view = made("t", "n\n1.5\n");
  const std::vector<std::pair<int, std::string>> thousands{
      {0, "\"1,234.5\""}, {2, "1 234.5"}, {3, "1'234.5"}, {4, "1234.5"}};
  for (const auto& [separator, text] : thousands) {
    loaded(view, existing("truncateadd", {{"thousandSeparator", separator}, {"quoted", 2}, {"delimiter", 0}}),
           "n\n" + text + "\n");
    EXPECT_EQ(table("t").at(1).at(0), "1234.5") << separator;
  }
  loaded(view, existing("truncateadd", {{"thousandSeparator", "1"}, {"decimalSeparator", 1}, {"delimiter", 2}}),
         "n\n1.234,5\n");
  EXPECT_EQ(table("t").at(1).at(0), "1234.5");
  EXPECT_EQ(failed(view, existing("append", {{"thousandSeparator", 4}}), "n\n\"1,234.5\"\n"), 7232);
}

TEST_F(OptionsContract, ColumnSeparatorsWinForTheirColumn) {
  made("t", "a;b\n1.234,5;1,234.5\n", {{"columnSeparators", {{"a", {"1", "1"}}}}, {"decimalSeparator", 0}});
  EXPECT_EQ(table("t").at(1), (std::vector<std::string>{"1234.5", "1234.5"}));
}

TEST_F(OptionsContract, DateFormatIsAJavaPattern) {
  made("t", "d\n03-Nov-2026\n", {{"dateFormat", "dd-MMM-yyyy"}});
  EXPECT_EQ(table("t").at(1).at(0), "2026-11-03");
  made("example", "d\n03-Nov-2026\n", {{"dateFormat", "dd-MMM-YYYY"}});
  EXPECT_EQ(table("example").at(1).at(0), "2026-11-03") << "the API's own example";
  const std::string view = made("us", "d\n2026-11-03\n");
  loaded(view, existing("truncateadd", {{"dateFormat", "MM/dd/yyyy hh:mm a"}}), "d\n02/03/2026 01:05 PM\n");
  EXPECT_THAT(table("us").at(1).at(0), testing::StartsWith("2026-02-03"));
}

TEST_F(OptionsContract, ColumnDateFormatWinsForItsColumn) {
  made("t", "a,b\n02.03.2026,02.03.2026\n",
       {{"dateFormat", "dd.MM.yyyy"}, {"columnDateFormat", {{"B", "MM.dd.yyyy"}}}});
  EXPECT_EQ(table("t").at(1), (std::vector<std::string>{"2026-03-02", "2026-02-03"}));
}

TEST_F(OptionsContract, ColumnDataTypesAreTakenForNewColumnsAndIgnoredForOthers) {
  const Json types = Json::array(
      {{{"columnName", "a"}, {"dataType", "PLAIN"}}, {{"columnName", "b"}, {"dataType", "currency"}, {"geoRole", 1}}});
  const Json info = loaded("", new_table("t", {{"columnDataTypes", types}}), "a,b\n007,5\n");
  EXPECT_EQ(info.at("columnDetails"), Json({{"a", "Plain Text"}, {"b", "Currency"}}));
  EXPECT_EQ(table("t").at(1).at(0), "007");
  const Json number = Json::array({{{"columnName", "a"}, {"dataType", "NUMBER"}}});
  const Json again = loaded(info.at("viewId"), existing("append", {{"columnDataTypes", number}}), "a,b\nx,6\n");
  EXPECT_EQ(again.at("columnDetails").at("a"), "Plain Text");
}

TEST_F(OptionsContract, RetainColumnNamesKeepsTheLastKeyOfAJsonFile) {
  const std::string file = R"([{"id": 1, "home": {"town": "Ulm"}}])";
  made("joined", file, {{"fileType", "json"}});
  EXPECT_EQ(table("joined").at(0), (std::vector<std::string>{"id", "home.town"}));
  made("kept", file, {{"fileType", "JSON"}, {"retainColumnNames", "true"}});
  EXPECT_EQ(table("kept"), (Rows{{"id", "town"}, {"1", "Ulm"}}));
}

class OnErrorContract : public OptionsContract {
 protected:
  const std::string file_ = "id,n\n2,20\n3,<many>\nx,40\n";
  std::string view_ = made("t", "id,n\n1,10\n");
};

TEST_F(OnErrorContract, AbortIsTheDefaultAndWritesNothing) {
  for (const Json& mode : {Json::object(), Json{{"onError", "ABORT"}}}) {
    const Json job = ended(create(view_, existing("append", mode), file_));
    EXPECT_EQ(job.at("jobCode"), "1003");
    EXPECT_EQ(job.at("jobStatus"), "ERROR OCCURRED");
    EXPECT_EQ(job.at("jobInfo").at("errorCode"), 7232);
    EXPECT_THAT(job.at("jobInfo").at("errorMessage"), HasSubstr("<nobr>[Line: 3 Field: 2] (&lt;many&gt;) -ERROR: "));
  }
  EXPECT_EQ(table("t").size(), 2U);
}

TEST_F(OnErrorContract, SkiprowDropsBadRowsAndListsThem) {
  const Json info = loaded(view_, existing("append", {{"onError", "skiprow"}}), file_);
  EXPECT_EQ(info.at("importSummary").at("totalRowCount"), 3);
  EXPECT_EQ(info.at("importSummary").at("successRowCount"), 1);
  EXPECT_EQ(info.at("importSummary").at("warnings"), 0);
  EXPECT_THAT(info.at("importErrors").get<std::string>(),
              MatchesRegex("<nobr>.Line: 3 Field: 2. .&lt;many&gt;. -ERROR: [^<]+</nobr><br>"
                           "<nobr>.Line: 4 Field: 1. .x. -ERROR: [^<]+</nobr><br>"));
  EXPECT_EQ(table("t"), (Rows{{"id", "n"}, {"1", "10"}, {"2", "20"}}));
}

TEST_F(OnErrorContract, SetcolumnemptyKeepsRowsAndCountsWarnings) {
  const Json info = loaded(view_, existing("append", {{"onError", "SetColumnEmpty"}}), file_);
  EXPECT_EQ(info.at("importSummary").at("successRowCount"), 3);
  EXPECT_EQ(info.at("importSummary").at("warnings"), 2);
  EXPECT_THAT(info.at("importErrors"), HasSubstr("[Line: 4 Field: 1] (x) -ERROR: "));
  EXPECT_EQ(table("t"), (Rows{{"id", "n"}, {"1", "10"}, {"2", "20"}, {"3", "~"}, {"~", "40"}}));
}

TEST_F(OnErrorContract, ACleanImportHasNoErrors) {
  EXPECT_EQ(loaded(view_, existing("append"), "id,n\n5,5\n").at("importErrors"), "");
}

class JsonContract : public OptionsContract {
 protected:
  static Json json(const Json& more = Json::object()) {
    Json all{{"fileType", "json"}};
    all.update(more);
    return all;
  }
};

TEST_F(JsonContract, SelectedAndMatchingColumnsWorkAsForCsv) {
  const std::string view =
      made("t", R"([{"id": 1, "a": {"n": 5}, "x": true}, {"id": 2}])", json({{"selectedColumns", {"id", "a.n"}}}));
  EXPECT_EQ(table("t"), (Rows{{"id", "a.n"}, {"1", "5"}, {"2", "~"}}));
  loaded(view, existing("updateadd", json({{"matchingColumns", {"ID"}}})), "{\"id\":2,\"a\":{\"n\":7}}\n{\"id\":3}\n");
  EXPECT_EQ(table("t"), (Rows{{"id", "a.n"}, {"1", "5"}, {"2", "7"}, {"3", "~"}}));
  EXPECT_EQ(failed("", new_table("u", json({{"selectedColumns", {"nobody"}}})), R"([{"id": 1}])"), 8046);
}

TEST_F(JsonContract, TypesAndOnErrorWorkAsForCsv) {
  const Json types = Json::array({{{"columnName", "n"}, {"dataType", "DECIMAL_NUMBER"}}});
  const Json info = loaded("", new_table("t", json({{"columnDataTypes", types}, {"onError", "skiprow"}})),
                           "[{\"n\": 1, \"ok\": true},\n {\"n\": \"two\", \"ok\": false},\n {\"n\": 2.5e1}]");
  EXPECT_EQ(info.at("columnDetails"), Json({{"n", "Decimal Number"}, {"ok", "True/False"}}));
  EXPECT_THAT(info.at("importErrors"), HasSubstr("[Line: 2 Field: 1] (two) -ERROR"));
  EXPECT_EQ(info.at("importSummary").at("totalRowCount"), 3);
  EXPECT_EQ(table("t"), (Rows{{"n", "ok"}, {"1.0", "1"}, {"25.0", "~"}}));
  EXPECT_EQ(failed(info.at("viewId"), existing("append", json()), R"([{"n": "many"}])"), 7232);
}

TEST_F(JsonContract, ABrokenFileFailsTheJobWith7248AndLeavesNoTable) {
  const Json job = ended(create("", new_table("t", json()), "[{\"a\": 1},\n{\"a\": 2,}]"));
  EXPECT_EQ(job.at("jobInfo").at("errorCode"), 7248);
  EXPECT_THAT(job.at("jobInfo").at("errorMessage"), HasSubstr("line 2"));
  EXPECT_EQ(service_.count("SELECT count(*) FROM sqlite_master WHERE name = 't'"), 0);
}

}  // namespace
}  // namespace dropload::test
