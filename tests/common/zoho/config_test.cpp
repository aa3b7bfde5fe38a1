#include "common/zoho/config.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace dropload::zoho {
namespace {

ImportConfig full_config() {
  ImportConfig config;
  auto& options = config.options;
  options.import_type = ImportType::updateadd;
  options.on_error = OnError::skiprow;
  options.auto_identify = false;
  options.matching_columns = {"Id", "Größe"};
  options.selected_columns = {"Id", "Größe", "Preis, netto"};
  options.skip_top = 2;
  options.delimiter = 2;
  options.quoted = 2;
  options.comment_char = "#";
  options.thousand_separator = 1;
  options.decimal_separator = 1;
  options.column_separators = {{"Preis, netto", {0, 0}}};
  options.date_format = "dd-MMM-yyyy";
  options.column_date_format = {{"Since", "yyyy-MM-dd'T'HH:mm:ss"}};
  options.column_data_types = {{"Id", "PLAIN"}, {"Since", "DATE"}};
  options.retain_column_names = true;
  options.match_nulls = false;
  config.callback_url = "https://example.org/done";
  return config;
}

ImportConfig decoded(const std::string& json, ImportCall call) {
  const auto result = decode_config(json, call);
  EXPECT_FALSE(result.refusal.has_value()) << result.refusal->message;
  return result.config.value_or(ImportConfig{});
}

// The code with which it is refused, 0 when it is not.
int refused(const std::string& json, ImportCall call = ImportCall::existing_table) {
  const auto result = decode_config(json, call);
  EXPECT_NE(result.config.has_value(), result.refusal.has_value());
  if (!result.refusal) return 0;
  EXPECT_FALSE(result.refusal->message.empty());
  EXPECT_EQ(result.refusal->http_status, 400);
  return result.refusal->code;
}

// An existing-table CONFIG with these members added.
std::string with(const std::string& members) {
  return R"({"importType":"append","fileType":"csv","autoIdentify":true,)" + members + "}";
}

TEST(ConfigEncoding, WritesOnlyKeysThatTheDocumentsName) {
  EXPECT_FALSE(objection_to_keys(encode(full_config())));
}

TEST(ConfigEncoding, KeysStandInTheOrderOfTheApiPage) {
  EXPECT_EQ(encode(full_config()),
            R"({"importType":"updateadd","fileType":"csv","autoIdentify":false,"onError":"skiprow",)"
            R"("matchingColumns":["Id","Größe"],"selectedColumns":["Id","Größe","Preis, netto"],"skipTop":2,)"
            R"("delimiter":2,"quoted":2,"commentChar":"#","thousandSeparator":1,"decimalSeparator":1,)"
            R"("columnSeparators":{"Preis, netto":[0,0]},"dateFormat":"dd-MMM-yyyy",)"
            R"("columnDateFormat":{"Since":"yyyy-MM-dd'T'HH:mm:ss"},)"
            R"("columnDataTypes":[{"columnName":"Id","dataType":"PLAIN"},{"columnName":"Since","dataType":"DATE"}],)"
            R"("retainColumnNames":true,"matchNulls":false,"callbackUrl":"https://example.org/done"})");
}

TEST(ConfigEncoding, ANewTableHasANameAndNoImportType) {
  ImportConfig config;
  config.table_name = "Sales \"2026\"";
  EXPECT_EQ(encode(config), R"({"tableName":"Sales \"2026\"","fileType":"csv","autoIdentify":true,"onError":"abort"})");
}

TEST(ConfigEncoding, ABatchHasAKeyAndNoFileType) {
  ImportConfig config;
  config.batch_key = "start";
  EXPECT_EQ(encode(config),
            R"({"importType":"append","autoIdentify":true,"onError":"abort","batchKey":"start","isLastBatch":false})");
}

TEST(ConfigEncoding, ATableNameThatIsNotUtf8StillGivesJson) {
  ImportConfig config;
  config.table_name = "caf\xE9";
  EXPECT_EQ(decoded(encode(config), ImportCall::new_table).table_name, "caf\uFFFD");
}

TEST(ConfigRoundTrip, TheServiceReadsWhatTheClientWrote) {
  const auto sent = full_config();
  const auto got = decoded(encode(sent), ImportCall::existing_table);
  EXPECT_EQ(encode(got), encode(sent));
  EXPECT_EQ(got.options.import_type, ImportType::updateadd);
  EXPECT_EQ(got.options.on_error, OnError::skiprow);
  EXPECT_FALSE(got.options.auto_identify);
  EXPECT_EQ(got.options.matching_columns, sent.options.matching_columns);
  EXPECT_EQ(got.options.selected_columns, sent.options.selected_columns);
  EXPECT_EQ(got.options.column_separators, sent.options.column_separators);
  EXPECT_EQ(got.options.column_date_format, sent.options.column_date_format);
  ASSERT_EQ(got.options.column_data_types.size(), 2u);
  EXPECT_EQ(got.options.column_data_types[1].type, "DATE");
  EXPECT_EQ(got.callback_url, sent.callback_url);
}

TEST(ConfigRoundTrip, EveryCallReadsItsOwn) {
  for (const auto call : {ImportCall::new_table, ImportCall::existing_table, ImportCall::new_table_batch,
                          ImportCall::existing_table_batch}) {
    ImportConfig sent;
    if (call == ImportCall::new_table || call == ImportCall::new_table_batch) sent.table_name = "T";
    if (call == ImportCall::new_table_batch || call == ImportCall::existing_table_batch) {
      sent.batch_key = std::string(first_batch_key);
      sent.is_last_batch = true;
    }
    EXPECT_EQ(encode(decoded(encode(sent), call)), encode(sent));
  }
}

TEST(ConfigOnTheWire, BooleansAndNumbersComeAsTextToo) {
  const auto config = decoded(
      R"({"importType":"TRUNCATEADD","fileType":"CSV","autoIdentify":"False","delimiter":"1","quoted":"0",)"
      R"("skipTop":"3","onError":"SetColumnEmpty","retainColumnNames":"TRUE","columnSeparators":{"a":["0","0"]}})",
      ImportCall::existing_table);
  EXPECT_EQ(config.options.import_type, ImportType::truncateadd);
  EXPECT_EQ(config.options.file_type, FileType::csv);
  EXPECT_FALSE(config.options.auto_identify);
  EXPECT_EQ(config.options.delimiter, 1);
  EXPECT_EQ(config.options.quoted, 0);
  EXPECT_EQ(config.options.skip_top, 3);
  EXPECT_EQ(config.options.on_error, OnError::setcolumnempty);
  EXPECT_EQ(config.options.retain_column_names, true);
  EXPECT_EQ(config.options.column_separators.at("a"), (std::array{0, 0}));
}

TEST(ConfigOnTheWire, EscapedLettersAreLetters) {
  const auto config = decoded(with(R"("selectedColumns":["Gr\u00f6\u00dfe"])"), ImportCall::existing_table);
  EXPECT_EQ(config.options.selected_columns, std::vector<std::string>{"Größe"});
}

TEST(ConfigOnTheWire, UnknownKeysAndNullsAreLeftAlone) {
  const auto config =
      decoded(with(R"("columnTimeFormat":{},"skipTop":null,"onError":null)"), ImportCall::existing_table);
  EXPECT_FALSE(config.options.skip_top.has_value());
  EXPECT_EQ(config.options.on_error, OnError::abort);
}

TEST(ConfigOnTheWire, LaterBatchesMayCarryAnything) {
  const auto config = decoded(R"({"batchKey":"169_1_Sales","isLastBatch":"true","importType":"nonsense"})",
                              ImportCall::existing_table_batch);
  EXPECT_EQ(config.batch_key, "169_1_Sales");
  EXPECT_TRUE(config.is_last_batch);
}

TEST(ConfigOnTheWire, DataTypesComeInAnyCaseAndAreKeptInTheApisWords) {
  const auto config =
      decoded(with(R"("columnDataTypes":[{"columnName":"a","dataType":"Positive_number","geoRole":3}])"),
              ImportCall::existing_table);
  ASSERT_EQ(config.options.column_data_types.size(), 1u);
  EXPECT_EQ(config.options.column_data_types[0].type, "POSITIVE_NUMBER");
}

TEST(ConfigOnTheWire, JsonFilesNeedNoCsvSettings) {
  EXPECT_EQ(refused(R"({"importType":"append","fileType":"json","autoIdentify":false})"), 0);
}

TEST(ConfigRefusals, NothingSentIs8504) {
  EXPECT_EQ(refused(""), 8504);
}

TEST(ConfigRefusals, NoJsonObjectIs8080) {
  for (const auto* text : {"{", "[]", "null", "7", "importType=append", "{\"a\":\"\xFF\"}"}) {
    EXPECT_EQ(refused(text), 8080) << text;
  }
}

TEST(ConfigRefusals, WrongJsonTypesAre8516) {
  for (const auto* members :
       {R"("skipTop":1.5)", R"("skipTop":"many")", R"("skipTop":18446744073709551615)", R"("autoIdentify":1)",
        R"("autoIdentify":"yes")", R"("onError":3)", R"("matchingColumns":"Id")", R"("matchingColumns":[1])",
        R"("columnSeparators":[])", R"("columnSeparators":{"a":1})", R"("columnSeparators":{"a":["x",0]})",
        R"("dateFormat":7)", R"("columnDateFormat":{"a":1})", R"("columnDataTypes":{})", R"("columnDataTypes":["a"])",
        R"("columnDataTypes":[{"columnName":"a"}])", R"("callbackUrl":{})"}) {
    EXPECT_EQ(refused(with(members)), 8516) << members;
  }
}

TEST(ConfigRefusals, MissingKeysAre8079) {
  using enum ImportCall;
  EXPECT_EQ(refused(R"({"fileType":"csv","autoIdentify":true})", existing_table), 8079);
  EXPECT_EQ(refused(R"({"importType":"append","autoIdentify":true})", existing_table), 8079);
  EXPECT_EQ(refused(R"({"importType":"append","fileType":"csv"})", existing_table), 8079);
  EXPECT_EQ(refused(R"({"fileType":"csv","autoIdentify":true})", new_table), 8079);
  EXPECT_EQ(refused(R"({"importType":"updateadd","fileType":"csv","autoIdentify":true})"), 8079);
  EXPECT_EQ(refused(R"({"importType":"append","fileType":"csv","autoIdentify":false,"quoted":0})"), 8079);
  EXPECT_EQ(refused(R"({"importType":"append","fileType":"csv","autoIdentify":false,"delimiter":0})"), 8079);
  EXPECT_EQ(refused(R"({"importType":"append","autoIdentify":true})", existing_table_batch), 8079);
  EXPECT_EQ(refused(R"({"autoIdentify":true,"batchKey":"start"})", existing_table_batch), 8079);
}

TEST(ConfigRefusals, AnEmptyTableNameIs8078) {
  EXPECT_EQ(refused(R"({"tableName":"","fileType":"csv","autoIdentify":true})", ImportCall::new_table), 8078);
}

TEST(ConfigRefusals, UnknownWordsAndNumbersAre8119) {
  EXPECT_EQ(refused(R"({"importType":"replace","fileType":"csv","autoIdentify":true})"), 8119);
  EXPECT_EQ(refused(R"({"importType":"append","fileType":"parquet","autoIdentify":true})"), 8119);
  for (const auto* members :
       {R"("onError":"ignore")", R"("delimiter":5)", R"("delimiter":-1)", R"("quoted":3)", R"("thousandSeparator":5)",
        R"("decimalSeparator":2)", R"("skipTop":-1)", R"("skipTop":2147483648)", R"("commentChar":"##")",
        R"("commentChar":"")", R"("columnSeparators":{"a":[5,0]})", R"("columnSeparators":{"a":[0,-1]})",
        R"("columnDataTypes":[{"columnName":"a","dataType":"TEXT"}])"}) {
    EXPECT_EQ(refused(with(members)), 8119) << members;
  }
}

TEST(ConfigRefusals, FileTypesThatNobodyReadsAreRefusedByName) {
  for (const std::string type : {"xls", "XLSX", "xml", "parquet", "geometry"}) {
    const std::string text = R"({"tableName":"t","fileType":")" + type + R"(","autoIdentify":true})";
    const auto refusal = decode_config(text, ImportCall::new_table).refusal.value();
    EXPECT_EQ(refusal.code, 8119) << type;
    EXPECT_NE(refusal.message.find("not supported here, only csv and json"), std::string::npos) << refusal.message;
  }
  EXPECT_EQ(refused(R"({"importType":"append","fileType":"docx","autoIdentify":true})"), 8119);
}

TEST(ConfigRefusals, TheSameSeparatorTwiceIs8148) {
  EXPECT_EQ(refused(with(R"("thousandSeparator":0,"decimalSeparator":1)")), 8148);
  EXPECT_EQ(refused(with(R"("thousandSeparator":1,"decimalSeparator":0)")), 8148);
  EXPECT_EQ(refused(with(R"("thousandSeparator":0,"decimalSeparator":0)")), 0);
  EXPECT_EQ(refused(with(R"("columnSeparators":{"a":[1,0]})")), 8148);
}

TEST(ConfigRefusals, OneSeparatorOfAColumnIs8149) {
  EXPECT_EQ(refused(with(R"("columnSeparators":{"a":[0]})")), 8149);
}

TEST(ConfigRefusals, ABadDatePatternIs7512) {
  for (const auto* pattern : {"", "--", "'yyyy'", "yyyy-MM-dd'", "dd-QQQ-yyyy", "date"}) {
    EXPECT_EQ(refused(with(R"("dateFormat":")" + std::string(pattern) + "\"")), 7512) << pattern;
  }
  EXPECT_EQ(refused(with(R"("columnDateFormat":{"a":"b"})")), 7512);
  EXPECT_EQ(refused(with(R"("dateFormat":"EEE, d MMM yyyy HH:mm:ss Z")")), 0);
}

TEST(ConfigRefusals, ListsTooShortOrTooLongAre8547) {
  const auto names = [](std::size_t count) {
    std::string list = "[\"c\"";
    for (std::size_t i = 1; i < count; ++i) list += ",\"c\"";
    return list + "]";
  };
  EXPECT_EQ(refused(with("\"matchingColumns\":[]")), 8547);
  EXPECT_EQ(refused(with("\"matchingColumns\":" + names(100))), 0);
  EXPECT_EQ(refused(with("\"matchingColumns\":" + names(101))), 8547);
  EXPECT_EQ(refused(with("\"selectedColumns\":" + names(300))), 0);
  EXPECT_EQ(refused(with("\"selectedColumns\":" + names(301))), 8547);
}

TEST(ConfigRefusals, ACallbackThatIsNoHttpUrlIs8125) {
  for (const auto* url : {"", "ftp://x", "https://", "https:///x", "example.org"}) {
    EXPECT_EQ(refused(with(R"("callbackUrl":")" + std::string(url) + "\"")), 8125) << url;
  }
}

TEST(ConfigRefusals, AMessageQuotesNoMoreThanAPieceOfALongValue) {
  std::string word;
  for (int i = 0; i < 400; ++i) word += "ä";
  const auto result = decode_config(with("\"onError\":\"" + word + "\""), ImportCall::existing_table);
  ASSERT_TRUE(result.refusal.has_value());
  EXPECT_LT(result.refusal->message.size(), 150u);
}

TEST(ConfigWords, AnyCaseIsReadAndOtherWordsAreNot) {
  EXPECT_EQ(parse_import_type("UpdateAdd"), ImportType::updateadd);
  EXPECT_EQ(parse_on_error("SKIPROW"), OnError::skiprow);
  EXPECT_EQ(parse_file_type("Json"), FileType::json);
  EXPECT_FALSE(parse_import_type("append ").has_value());
  EXPECT_FALSE(parse_on_error("").has_value());
  EXPECT_FALSE(parse_file_type("xls").has_value());
}

TEST(ConfigRefusals, WhatIsNestedTooDeepIs8080) {
  for (const std::size_t depth : {101UL, 200'000UL}) {
    const std::string arrays = R"({"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    std::string objects;
    for (std::size_t i = 0; i < depth; ++i) objects += R"({"x":)";
    objects += "1" + std::string(depth, '}');
    for (const std::string& text : {arrays, objects, std::string(depth, '[')}) {
      EXPECT_EQ(decode_config(text, ImportCall::new_table).refusal->code, 8080) << depth;
    }
  }
}

TEST(ConfigRefusals, BracketsInTextsAreNoNesting) {
  std::string name(200, '[');
  name += R"(\"{\\)";
  EXPECT_EQ(refused(with(R"("columnDateFormat":{")" + name + R"(":"yyyy-MM-dd"})")), 0);
}

TEST(ConfigRefusals, ACommentCharIsOneAsciiCharacter) {
  for (const std::string_view text : {"§", "##", "", "\\u0000"}) {
    EXPECT_EQ(refused(with(R"("commentChar":")" + std::string(text) + "\"")), 8119) << text;
  }
  EXPECT_EQ(refused(with(R"("commentChar":"#")")), 0);
}

}  // namespace
}  // namespace dropload::zoho
