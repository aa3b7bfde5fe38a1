// JSON files as names and rows, in every shape they come in.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/service/import_file.h"
#include "daemon/service/json_text.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using JsonTable = std::vector<std::vector<std::string>>;

struct JsonFileTest : ::testing::Test {
  test::TemporaryDirectory directory;
  zoho::ImportOptions options;
  std::vector<std::int64_t> lines;  // of the rows

  // The names, then the rows, read twice: a file is surveyed before it is loaded. A failure is one line with its code.
  JsonTable read(const std::string& text) {
    const auto opened = open_json(directory.write("data.json", text), options, {});
    const auto names = (*opened)->names(false);
    if (!names) return failed(names.error());
    JsonTable first = rows_below(*names, **opened);
    EXPECT_EQ(first, rows_below(*names, **opened));
    return first;
  }
  std::string failure(const std::string& text) { return read(text).at(0).at(0); }

 private:
  static JsonTable failed(const LoadFailure& why) { return {{std::to_string(why.code) + " " + why.message}}; }
  JsonTable rows_below(const std::vector<std::string>& names, ImportFile& file) {
    JsonTable table{names};
    lines.clear();
    const auto rows = file.rows();
    for (;;) {
      const auto record = (*rows)->next();
      if (!record) return failed(record.error());
      if (!*record) return table;
      EXPECT_EQ((*record)->fields.size(), names.size());
      lines.push_back((*record)->line);
      table.emplace_back((*record)->fields.begin(), (*record)->fields.end());
    }
  }
};

using Row = std::vector<std::string>;

TEST_F(JsonFileTest, AnExponentHasASignSoThatItIsOneOfANumber) {
  EXPECT_THAT(read(R"([{"a": 1e3}, {"a": 2E16}, {"a": 1e-05}, {"a": 1E+2}, {"a": "1e3"}])"),
              ElementsAre(Row{"a"}, Row{"1e+3"}, Row{"2E+16"}, Row{"1e-05"}, Row{"1E+2"}, Row{"1e3"}));
}

TEST_F(JsonFileTest, AnArrayOfObjectsIsATable) {
  EXPECT_THAT(read("[\n{\"a\": 1, \"b\": \"x\"},\n {\"a\": 2, \"b\": \"y\"}]\n"),
              ElementsAre(Row{"a", "b"}, Row{"1", "x"}, Row{"2", "y"}));
  EXPECT_THAT(lines, ElementsAre(2, 3));
}

TEST_F(JsonFileTest, ObjectsOneALineOrAsTheyComeAreATable) {
  const auto table = ElementsAre(Row{"a"}, Row{"1"}, Row{"2"}, Row{"3"});
  EXPECT_THAT(read("{\"a\":1}\n{\"a\":2}\n{\"a\":3}"), table);
  EXPECT_THAT(lines, ElementsAre(1, 2, 3));
  EXPECT_THAT(read("{\"a\":1}{\"a\":2}\r\n\r\n\t{\n\"a\":3}\n\n"), table);
  EXPECT_THAT(lines, ElementsAre(1, 1, 3));
}

TEST_F(JsonFileTest, OneObjectThatHoldsAnArrayIsTheArraysTable) {
  EXPECT_THAT(read("{\"count\": 2,\n \"page\": {\"rows\": [\n{\"a\": 1},\n{\"a\": 2}], \"size\": 9}, \"more\": false}"),
              ElementsAre(Row{"count", "page.rows.a", "page.size", "more"}, Row{"2", "1", "9", "false"},
                          Row{"2", "2", "9", "false"}));
  EXPECT_THAT(lines, ElementsAre(3, 4));
  EXPECT_THAT(read(R"({"ids": [1, "b]", true, null]})"),
              ElementsAre(Row{"ids"}, Row{"1"}, Row{"b]"}, Row{"true"}, Row{""}));
}

TEST_F(JsonFileTest, NestedKeysAreJoinedWithDotsOrTheLastOneIsKept) {
  const std::string text = R"([{"id": 7, "home": {"town": {"id": "x"}}}, {"home": {"zip": 1}, "id": 8}])";
  EXPECT_THAT(read(text), ElementsAre(Row{"id", "home.town.id", "home.zip"}, Row{"7", "x", ""}, Row{"8", "", "1"}));
  options.retain_column_names = true;
  EXPECT_THAT(read(text), ElementsAre(Row{"id", "id_2", "zip"}, Row{"7", "x", ""}, Row{"8", "", "1"}));
}

TEST_F(JsonFileTest, EveryElementOfAnArrayHasARowWithTheValuesAroundIt) {
  EXPECT_THAT(read(R"([{"id": 1, "tags": ["a", "b"], "end": "z"}, {"id": 2, "tags": [], "end": "y"}, {"id": 3}])"),
              ElementsAre(Row{"id", "tags", "end"}, Row{"1", "a", "z"}, Row{"1", "b", "z"}, Row{"2", "", "y"},
                          Row{"3", "", ""}));
  EXPECT_THAT(lines, ElementsAre(1, 1, 1, 1));
}

TEST_F(JsonFileTest, ArraysBesideEachOtherShareRowsAndArraysInsideOnesHaveTheirOwn) {
  const Row names{"id", "p.no", "p.at", "t"};
  EXPECT_THAT(read(R"([{"id": 1, "p": [{"no": 5, "at": [8, 9]}, {"no": 6}], "t": ["x", "y", "z", "w"]}])"),
              ElementsAre(names, Row{"1", "5", "8", "x"}, Row{"1", "5", "9", "y"}, Row{"1", "6", "", "z"},
                          Row{"1", "", "", "w"}));
  // The same without the array around it: one object with two arrays is one record.
  EXPECT_EQ(read(R"({"id": 1, "p": [{"no": 5, "at": [8, 9]}, {"no": 6}], "t": ["x", "y", "z", "w"]})").size(), 5U);
  EXPECT_THAT(read(R"([{"m": [[1, 2], [], [3]]}])"), ElementsAre(Row{"m"}, Row{"1"}, Row{"2"}, Row{""}, Row{"3"}));
}

TEST_F(JsonFileTest, ALoneObjectGivesTheSameRowsAsTheSameObjectAmongOthers) {
  for (const std::string object :
       {R"({"id": 1, "p": [{"no": 5}, {"no": 6}], "x": null})", R"({"id": 1, "p": []})", R"({"p": [], "q": {"r": 1}})",
        R"({"p": {"q": [1, [2, 3]]}, "z": 4.5})", R"({"a": [1], "a": [2]})"}) {
    JsonTable alone = read(object);
    JsonTable in_array = read("[" + object + "]");
    EXPECT_EQ(alone, in_array) << object;
  }
}

TEST_F(JsonFileTest, ValuesKeepTheirMeaning) {
  EXPECT_THAT(read(R"([{"n": 1.50, "i": -7, "big": 123456789012345678901234567890, "e": 1E5, "t": true, "f": false,
                       "z": null, "s": "  00123 ", "u": 18446744073709551615, "empty": ""}])"),
              ElementsAre(Row{"n", "i", "big", "e", "t", "f", "z", "s", "u", "empty"},
                          Row{"1.50", "-7", "123456789012345678901234567890", "1E+5", "true", "false", "", "  00123 ",
                              "18446744073709551615", ""}));
}

TEST_F(JsonFileTest, EscapesAreWhatTheyMean) {
  EXPECT_THAT(read(R"([{"q\"\u00e9": "a\n\t\\\/\u20AC\uD83D\uDE00 \"]}"}])"),
              ElementsAre(Row{"q\"é"}, Row{"a\n\t\\/€😀 \"]}"}));
  EXPECT_THAT(read(R"([{"a": "x\u0000y"}])"), ElementsAre(Row{"a"}, Row{"x\0y"s}));
}

TEST_F(JsonFileTest, KeysThatAreMissingTwiceOrNoNameAtAllAreDealtWith) {
  EXPECT_THAT(read(R"([{"a": 1, "b": 2}, {"b": 3}, {}, {"a": 1, "a": null}, {"a": 4, "a": 5}])"),
              ElementsAre(Row{"a", "b"}, Row{"1", "2"}, Row{"", "3"}, Row{"", ""}, Row{"", ""}, Row{"5", ""}));
  EXPECT_THAT(read(R"([{"": 1, "Id": 2, "id": 3, " x ": 4}])"),
              ElementsAre(Row{"Column 1", "Id", "id_2", "x"}, Row{"1", "2", "3", "4"}));
}

TEST_F(JsonFileTest, WhatIsOnlyEverEmptyIsAColumnUnlessItHasMembers) {
  EXPECT_THAT(read(R"([{"a": null, "b": null, "c": {}, "d": []}, {"a": {"x": 1}}])"),
              ElementsAre(Row{"b", "c", "d", "a.x"}, Row{"", "", "", ""}, Row{"", "", "", "1"}));
  EXPECT_THAT(read(R"([{"a": 1}, {"a": {"x": 2}}])"), ElementsAre(Row{"a", "a.x"}, Row{"1", ""}, Row{"", "2"}));
}

TEST_F(JsonFileTest, NumbersAreReadWithAPointWhateverConfigSaysOfStrings) {
  options.decimal_separator = 1;
  options.column_separators["b"] = {0, 0};
  EXPECT_THAT(read(R"([{"a": 1.5, "b": 1.5, "c": "2.5", "d": -1.25e-3}])"),
              ElementsAre(Row{"a", "b", "c", "d"}, Row{"1,5", "1.5", "2.5", "-1,25e-3"}));
}

TEST_F(JsonFileTest, ABomAndUtf16AreRead) {
  EXPECT_THAT(read("\xEF\xBB\xBF[{\"a\":\"é\"}]"), ElementsAre(Row{"a"}, Row{"é"}));
  EXPECT_THAT(read("\xFF\xFE[\0{\0\"\0a\0\"\0:\0\"\0\xE9\0\"\0}\0]\0"s), ElementsAre(Row{"a"}, Row{"é"}));
  EXPECT_THAT(read("\0[\0{\0\"\0a\0\"\0:\0001\0}\0]"s), ElementsAre(Row{"a"}, Row{"1"}));
}

TEST_F(JsonFileTest, WhatIsNoJsonIs7248WithItsLine) {
  EXPECT_THAT(failure("[{\"a\":1},\n{\"a\":tru}]"),
              ::testing::StartsWith("7248 The file cannot be read as JSON: line 2"));
  EXPECT_THAT(failure("{\"a\":1}\n{\"a\":2}\n{\"a\":3"), AllOf(HasSubstr("7248"), HasSubstr("line 3")));
  EXPECT_THAT(failure("[{\"a\":1}\n\n] x"), AllOf(HasSubstr("7248"), HasSubstr("line 3")));
  EXPECT_THAT(failure("[{\"a\":1}]\n[{\"a\":1}]"), AllOf(HasSubstr("7248"), HasSubstr("line 2")));
  EXPECT_THAT(failure("{\"a\":1}\nrubbish"), AllOf(HasSubstr("7248"), HasSubstr("line 2")));
  EXPECT_THAT(failure("{\"a\":1},\n{\"a\":2}"), AllOf(HasSubstr("7248"), HasSubstr("line 1")));
  EXPECT_THAT(failure("[{\"a\":1},]"), HasSubstr("7248"));
  EXPECT_THAT(failure("[{\"a\":01}]"), HasSubstr("7248"));
  EXPECT_THAT(failure("[{a:1}]"), HasSubstr("7248"));
  EXPECT_THAT(failure("id,name\n1,x\n"), AllOf(HasSubstr("7248"), HasSubstr("line 1")));
  EXPECT_THAT(failure("\n\n\"text\""), AllOf(HasSubstr("7248"), HasSubstr("line 3")));
}

TEST_F(JsonFileTest, BytesThatAreNoUtf8AndHalfCharactersAre7248WithTheirLine) {
  EXPECT_THAT(failure("[{\"a\":\"x\"},\n{\"a\":\"\xE9\"}]"), AllOf(HasSubstr("7248"), HasSubstr("line 2")));
  EXPECT_THAT(failure("[{\"a\":\"x\"},\n{\"a\":\"\\uD83D\"}]"), AllOf(HasSubstr("7248"), HasSubstr("line 2")));
  EXPECT_THAT(failure("[{\"a\":\"x\"},\n{\"a\":\"\\uDE00\"}]"), AllOf(HasSubstr("7248"), HasSubstr("line 2")));
}

TEST_F(JsonFileTest, ValuesWithoutANameAre7248) {
  EXPECT_THAT(failure("[1, 2]"), AllOf(HasSubstr("7248"), HasSubstr("without a name")));
  EXPECT_THAT(failure("[{\"a\":1},\n[\"x\"]]"), AllOf(HasSubstr("7248"), HasSubstr("line 2")));
  EXPECT_THAT(failure("5"), HasSubstr("7248"));
}

TEST_F(JsonFileTest, AFileWithoutValuesIsEmpty) {
  for (const std::string text : {"", " \n", "\xEF\xBB\xBF", "[]", "{}", "[{}, {}]", "{}\n{}"}) {
    EXPECT_THAT(failure(text), HasSubstr("7203")) << text;
  }
}

TEST_F(JsonFileTest, NestingHasALimit) {
  const auto nested = [](int depth) {
    std::string text = "1";
    for (int i = 0; i < depth; ++i) text = "{\"k\":" + text + "}";
    return text;
  };
  EXPECT_EQ(read(nested(100)).size(), 2U);
  EXPECT_THAT(failure(nested(101)), AllOf(HasSubstr("7248"), HasSubstr("100 levels")));
  EXPECT_THAT(failure(std::string(1'000'000, '[')), HasSubstr("7248"));
}

TEST_F(JsonFileTest, KeysThatAreLongerThanAColumnsNameAre7248WithTheirLine) {
  const std::string half(499, 'k');
  EXPECT_EQ(read("{\"" + half + "\":{\"" + half + "k\":1}}").size(), 2U);
  EXPECT_EQ(failure("[{\"a\":1},\n{\"" + half + "\":{\"" + half + "kk\":1}}]"),
            "7248 The file cannot be read as JSON: the keys that lead to a value in line 2 are longer than 1000 bytes "
            "together, the most that the name of a column may have.");
}

TEST_F(JsonFileTest, ARecordHasALimitAndAFileHasNone) {
  const std::string long_value(max_json_record_bytes + 200'000, 'x');
  EXPECT_THAT(failure("[{\"a\":1},\n{\"a\":\"" + long_value + "\"}]"), AllOf(HasSubstr("7248"), HasSubstr("line 2")));
  std::string long_record = "[{\"a\":1},\n{";
  for (int i = 0; i < 5; ++i) {
    long_record += "\"k" + std::to_string(i) + "\":\"" + std::string(max_json_record_bytes / 4, 'x') + "\",";
  }
  EXPECT_THAT(failure(long_record + "\"z\":1}]"), AllOf(HasSubstr("7248"), HasSubstr("line 2")));
  std::string many_values = "[{\"a\":[0";
  for (int i = 0; i < 500'001; ++i) many_values += ",1";
  EXPECT_THAT(failure(many_values + "]}]"), AllOf(HasSubstr("7248"), HasSubstr("line 1")));
  std::string many_keys = "{";
  for (int i = 0; i < 10'001; ++i) many_keys += "\"k" + std::to_string(i) + "\":1,";
  EXPECT_THAT(failure(many_keys + "\"z\":1}"), HasSubstr("7478"));
}

TEST_F(JsonFileTest, PiecesOfTheFileMayEndAnywhere) {
  // Records of growing size, with quotes, backslashes and brackets in their texts, over many buffers.
  for (const bool wrapped : {false, true}) {
    JsonTable expected{{wrapped ? "rows.n" : "n", wrapped ? "rows.s" : "s"}};
    std::string text = wrapped ? "{\"rows\":[\n" : "";
    for (std::size_t i = 0; i < 3000; ++i) {
      const std::string filling(i % 997, 'y');
      if (wrapped && i > 0) text += ",\n";
      text += "{\"n\":" + std::to_string(i) + ",\"s\":\"\\\\" + filling + "\\\"]}{[" + filling + "\"}";
      if (!wrapped) text += '\n';
      expected.push_back({std::to_string(i), "\\" + filling + "\"]}{[" + filling});
    }
    if (wrapped) text += "]}";
    ASSERT_EQ(read(text), expected);
    EXPECT_EQ(lines.back(), wrapped ? 3001 : 3000);
  }
}

TEST_F(JsonFileTest, AFileThatIsGoneIsAnError) {
  const auto opened = open_json(directory.path() / "nothing.json", options, {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().cause.code, Errc::not_found);
}

}  // namespace
}  // namespace dropload::service
