#include "daemon/intake/preflight.h"

#include <gmock/gmock.h>

#include "common/base/text.h"
#include "common/csv/header.h"
#include "daemon/intake/preflight_words.h"
#include "tests/common/csv/pieces.h"

namespace dropload::intake {
namespace {

using namespace std::string_literals;
using queue::Finding;
using queue::Findings;
using queue::Severity;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Findings found_in(const std::string& text, const queue::Route& route = {}) {
  const auto survey = csv::survey_as_far_as_it_goes(csv::test::whole(text), {}).value();
  return findings_of_csv(survey, csv::header_names(survey), text.size(), route);
}

std::vector<std::string> warned(const Findings& findings) {
  std::vector<std::string> codes;
  for (const auto& finding : findings) {
    if (finding.severity == Severity::warning) codes.push_back(finding.code);
  }
  return codes;
}

Finding only(const Findings& findings, const std::string& code) {
  const auto found = std::ranges::find(findings, code, &Finding::code);
  EXPECT_EQ(std::ranges::count(findings, code, &Finding::code), 1) << code;
  return found == findings.end() ? Finding{} : *found;
}

TEST(Preflight, TellsHowAFileIsWrittenAndOfAGoodOneWarnsOfNothing) {
  const auto findings = found_in("id,name\r\n1,a\r\n2,b\r\n");
  EXPECT_EQ(only(findings, "facts").text, "UTF-8, comma, CRLF, 2 columns, 2 records.");
  EXPECT_EQ(only(findings, "header").text, "Columns: `id` and `name`.");
  EXPECT_THAT(warned(findings), IsEmpty());
  EXPECT_EQ(only(found_in("\xFF\xFEi\0;\0b\0\n\0001\0;\0002\0"s), "facts").text,
            "UTF-16LE with BOM, semicolon, LF, 2 columns, 1 record.");
}

TEST(Preflight, AHeaderOfShortWordsOrYearsIsNotTakenForARow) {
  for (const auto* text :
       {"id,no\n1,2\n", "x,y\n1,2\n", "t,f\n1,0\n", "yes,no\n3,4\n", "id,on\n1,true\n", "country,2019,2020\nDE,17,20\n",
        "t1,t2\n", "name,30,60,90\nAnn,4,0,0\n", "shop,2020-01-01,2020-02-01\nA,5,6\n", "id,2\n1,3\n"}) {
    EXPECT_THAT(warned(found_in(text)), testing::Not(testing::Contains("header_like_a_row"))) << text;
  }
}

TEST(Preflight, AFirstLineOfValuesLikeThoseBeneathItIsTakenForARow) {
  for (const auto* text :
       {"1,Ann\n2,Bob\n", "ann@example.com,Ann\nbob@example.com,Bob\n", "7,2020-01-01,x\n9,2020-01-02,y\n",
        "\"1\",\"2,5\"\n\"2\",\"3,5\"\n", "2019,5\n2020,7\n", "3 Jan 2020;A\n4 Feb 2020;B\n"}) {
    EXPECT_THAT(warned(found_in(text)), UnorderedElementsAre("header_like_a_row")) << text;
  }
}

TEST(Preflight, OfAFileWhoseOnlyLineIsARowItIsNotSaidThatItHasNoRecords) {
  const auto findings = found_in("1,2020-01-01\n");
  EXPECT_EQ(only(findings, "facts").text,
            "UTF-8, comma, LF, 2 columns, 0 records beneath a first line that looks like one.");
  EXPECT_THAT(warned(findings), UnorderedElementsAre("header_like_a_row"));
}

TEST(Preflight, AQuoteThatIsNeverClosedIsNamedWithItsLine) {
  const auto finding = only(found_in("a,b\n1,2\n3,\"x\n4,5\n"), "open_quote");
  EXPECT_EQ(finding.line, 3);
  EXPECT_THAT(finding.text, HasSubstr("line 3"));
}

TEST(Preflight, RecordsWithTooFewOrTooManyFieldsAreCountedWithTheirFirstLines) {
  const auto findings = found_in("a,b\n1\n1,2,3\n1\n");
  EXPECT_THAT(only(findings, "short_records").text,
              HasSubstr("2 records have fewer than the header's 2 fields (lines 2 and 4)"));
  EXPECT_THAT(only(findings, "long_records").text, HasSubstr("1 record has more than the header's 2 fields (line 3)"));
  EXPECT_EQ(only(findings, "long_records").line, 3);
}

TEST(Preflight, ColumnsWithoutANameOrWithTheSameAreNamed) {
  EXPECT_THAT(only(found_in("a,,b\n1,2,3\n"), "empty_column_name").text,
              HasSubstr("A column has no name in the header (column 2)"));
  EXPECT_THAT(only(found_in("a,B,b,A\n1,2,3,4\n"), "same_column_name").text, HasSubstr("`a` and `b`"));
}

TEST(Preflight, AFirstLineThatLooksLikeARowIsWarnedOf) {
  EXPECT_THAT(warned(found_in("1,Ann\n2,Bob\n")), UnorderedElementsAre("header_like_a_row"));
  EXPECT_THAT(warned(found_in("id,name,no\n2,Bob,1\n")), IsEmpty());
}

TEST(Preflight, BytesThatAreNotTextAsItShouldBeAreWarnedOf) {
  EXPECT_THAT(warned(found_in("id,b\n1,caf\xE9\n")), UnorderedElementsAre("not_utf8"));
  EXPECT_EQ(only(found_in("id,b\n1,x\n2,x\0y\n"s), "nul_bytes").line, 3);
}

TEST(Preflight, AHeaderWithoutRecordsIsWarnedOfAndMoreSoWhereItWouldClearTheTable) {
  EXPECT_THAT(warned(found_in("id,b\n")), UnorderedElementsAre("no_records"));
  EXPECT_THAT(warned(found_in("\n\n")), UnorderedElementsAre("no_header"));
  queue::Route route;
  route.options.import_type = zoho::ImportType::truncateadd;
  EXPECT_THAT(warned(found_in("id,b\n", route)), UnorderedElementsAre("clears_table"));
  EXPECT_THAT(warned(found_in("id,b\n\n", route)), UnorderedElementsAre("clears_table"));
  EXPECT_THAT(warned(found_in("\n", route)), UnorderedElementsAre("no_header")) << "the service refuses it";
}

TEST(Preflight, AColumnThatTheRouteNamesAndTheFileHasNotIsNamedWithWhatWasMeant) {
  queue::Route route;
  route.options.matching_columns = {"id"};
  route.options.selected_columns = {"ID", "amount"};
  const auto finding = only(found_in("id,amuont\n1,2\n", route), "column_not_in_file");
  EXPECT_THAT(finding.text, HasSubstr("`amount` (did you mean `amuont`?), which the route's selected_columns names"));
}

TEST(Preflight, ALargeFileIsToldToTravelInBatches) {
  queue::Route route;
  route.batch_bytes = 10;
  const auto finding = only(found_in("id,b\n1,2\n3,4\n5,6\n", route), "batches");
  EXPECT_EQ(finding.severity, Severity::note);
  EXPECT_THAT(finding.text, HasSubstr("2 batches"));
}

TEST(Preflight, NamesInATextAreHarmlessAndShort) {
  const auto findings = found_in("a\x1b[2J," + std::string(5'000, 'x') + ",c,d,e,f,g\n1,2,3,4,5,6,7\n");
  const auto text = only(findings, "header").text;
  EXPECT_EQ(text, readable(text));
  EXPECT_THAT(text, HasSubstr("`a\\x1b[2J`"));
  EXPECT_THAT(text, HasSubstr("and 2 more"));
  EXPECT_LT(text.size(), 300U);
}

TEST(Preflight, OfJsonTheBeginningIsLookedAt) {
  EXPECT_THAT(warned(findings_of_json(" \n[{\"a\": 1}]")), IsEmpty());
  EXPECT_EQ(only(findings_of_json("\xEF\xBB\xBF{\"a\": 1}"), "facts").text, "UTF-8 with BOM, JSON.");
  EXPECT_THAT(warned(findings_of_json("\xFF\xFE[\0]\0"s)), IsEmpty());
  EXPECT_THAT(warned(findings_of_json("id,b\n1,2\n")), UnorderedElementsAre("not_json"));
  EXPECT_THAT(warned(findings_of_json("  ")), UnorderedElementsAre("not_json"));
}

queue::History history_of(std::vector<std::string> table, std::vector<std::string> last = {},
                          std::vector<std::int64_t> records = {}) {
  queue::History history{std::move(table), {}};
  if (!last.empty() || !records.empty()) history.last = queue::LastFile{41, std::move(last), std::move(records)};
  return history;
}

TEST(PreflightByHistory, AColumnThatIsMissingSinceTheLastFileIsNamed) {
  const auto findings = findings_by_history({}, {"id", "name"}, 5, false, history_of({}, {"id", "name", "region"}));
  EXPECT_THAT(only(findings, "columns_changed").text,
              HasSubstr("The last file, submission 41, had 3 columns, this one 2: missing `region`."));
}

TEST(PreflightByHistory, ARenamedColumnIsNamedWithWhatItWas) {
  const auto findings =
      findings_by_history({}, {"id", "regoin"}, 5, false, history_of({"id", "region"}, {"id", "region"}));
  EXPECT_THAT(only(findings, "columns_changed").text,
              HasSubstr("missing `region`, new `regoin` (did you mean `region`?)"));
  EXPECT_THAT(only(findings, "unknown_column").text, HasSubstr("`regoin` (did you mean `region`?)"));
}

TEST(PreflightByHistory, TheSameColumnsInAnotherOrderOrCaseAreNoChange) {
  EXPECT_THAT(findings_by_history({}, {"B", "id"}, 5, false, history_of({"id", "b"}, {"id", "b"})), IsEmpty());
}

TEST(PreflightByHistory, OfTheFirstFileOfARouteTheTablesColumnsAreLookedFor) {
  const auto findings = findings_by_history({}, {"id", "c"}, 5, false, history_of({"id", "b"}));
  EXPECT_THAT(warned(findings), UnorderedElementsAre("unknown_column", "missing_column"));
  EXPECT_THAT(warned(findings_by_history({}, {"id"}, 5, true, history_of({"id", "b"}))), IsEmpty())
      << "it is not meant to have all";
  EXPECT_THAT(findings_by_history({}, {"id"}, 5, false, history_of({})), IsEmpty());
}

TEST(PreflightByHistory, AColumnThatNothingHasFilledForLongIsNotMissedAndStillKnown) {
  auto history = history_of({"id", "b", "old"});
  history.not_lately = {"old"};
  EXPECT_THAT(warned(findings_by_history({}, {"id", "b"}, 5, false, history)), IsEmpty());
  EXPECT_THAT(warned(findings_by_history({}, {"id", "b", "old"}, 5, false, history)), IsEmpty());
  const auto missing = only(findings_by_history({}, {"id"}, 5, false, history), "missing_column");
  EXPECT_THAT(missing.text, HasSubstr("The table has `b`, which"));
}

TEST(PreflightByHistory, WhatWasSoWithTheLastFileIsNoWarning) {
  const auto findings = findings_by_history({}, {"id", "c"}, 5, false, history_of({"id", "b"}, {"id", "c"}));
  EXPECT_THAT(warned(findings), IsEmpty());
  EXPECT_EQ(only(findings, "unknown_column").severity, Severity::note);
}

TEST(PreflightByHistory, FarFewerRecordsThanUsualAreWarnedOf) {
  const auto usual = history_of({}, {"id"}, {1000, 10, 1100, 900, 1000});
  EXPECT_THAT(only(findings_by_history({}, {"id"}, 99, false, usual), "few_records").text,
              HasSubstr("99 records, where the route's last files had about 1,000"));
  EXPECT_THAT(findings_by_history({}, {"id"}, 100, false, usual), IsEmpty());
  EXPECT_THAT(findings_by_history({}, {"id"}, 1, false, history_of({}, {"id"}, {1000, 1000})), IsEmpty())
      << "two files tell of nothing usual";
  EXPECT_THAT(findings_by_history({}, {"id"}, 0, false, history_of({}, {"id"}, {19, 19, 19})), IsEmpty());
  EXPECT_THAT(findings_by_history({}, {"id"}, {}, false, usual), IsEmpty());
}

TEST(PreflightByHistory, TheSameFirstLineAsBeforeIsNoRow) {
  const Findings suspicion{warning("header_like_a_row", "", 1)};
  EXPECT_THAT(findings_by_history(suspicion, {"id", "2019"}, 5, false, history_of({}, {"id", "2019"})), IsEmpty());
  EXPECT_THAT(warned(findings_by_history(suspicion, {"1", "Ann"}, 5, false, history_of({}, {"2", "Bob"}))),
              UnorderedElementsAre("header_like_a_row"))
      << "values are not compared as names";
}

TEST(PreflightHolds, OnlyForWarningsAndOnlyWhereTheRouteSaysSo) {
  const Findings findings{note("facts", "x"), warning("nul_bytes", "A NUL byte."), warning("no_records", "None.")};
  EXPECT_FALSE(why_held(7, findings, queue::OnFinding::warn, false, {}));
  EXPECT_FALSE(why_held(7, {note("facts", "x")}, queue::OnFinding::hold, false, {}));
  const auto why = why_held(7, findings, queue::OnFinding::hold, false, {});
  ASSERT_TRUE(why);
  EXPECT_EQ(why->reason, "A NUL byte. (There is 1 more warning.)");
  EXPECT_THAT(why->advice, HasSubstr("dropload release 7"));
}

TEST(PreflightHolds, WhatWouldClearATableUnlessTheRouteAllowsIt) {
  const Findings findings{warning("clears_table", "It leaves the table empty.")};
  for (const auto choice : {queue::OnFinding::warn, queue::OnFinding::hold, queue::OnFinding::off}) {
    EXPECT_TRUE(why_held(7, findings, choice, false, {}));
    EXPECT_FALSE(why_held(7, findings, choice, true, {}));
  }
}

TEST(PreflightHolds, NotForWhatAPersonHasSeenWithTheOneThatItRetries) {
  const Findings seen{warning("clears_table", "x"), warning("nul_bytes", "y")};
  EXPECT_FALSE(why_held(7, seen, queue::OnFinding::hold, false, seen));
  const auto why =
      why_held(7, {warning("nul_bytes", "y"), warning("few_records", "New.")}, queue::OnFinding::hold, false, seen);
  ASSERT_TRUE(why);
  EXPECT_EQ(why->reason, "New.");
}

}  // namespace
}  // namespace dropload::intake
