#include "daemon/schedule/outcome_lost.h"

#include "tests/daemon/schedule/outcome_words.h"

namespace dropload::schedule {
namespace {

using queue::AfterJob;
using queue::LostEnd;
using queue::LostFate;

constexpr Time began{asked_at.ms - 60'000};
constexpr Time over_at{asked_at.ms + 840'000};
inline const Moment at_the_end{outcome_settings, over_at, 1.0};

queue::Carried carried(queue::SubmissionId id, std::int64_t records, std::int64_t first_line = 1) {
  queue::Carried one;
  one.part = {id, first_line, 1};
  one.submission.id = id;
  one.submission.route = "r";
  one.submission.records = records;
  one.jobs = 1;
  return one;
}

// A lost append of 50 rows that began a minute ago.
LostJob lost(zoho::ImportType type = zoho::ImportType::append) {
  LostJob job;
  job.import_type = type;
  job.facts.job.state = JobState::lost;
  job.facts.job.started_at = began;
  job.facts.job.holds_slot_until = over_at;
  job.facts.job.message = "the connection broke";
  job.facts.parts = {carried(7, 50)};
  return job;
}
Seen seen(std::int64_t rows, Time at, const std::string& status = "Success") {
  return {zoho::ImportDetails{at, "just then", status, rows, rows, 0, ""}, std::nullopt, "{}"};
}
Time after(Time at, int seconds) {
  return at + Milliseconds{seconds * 1000};
}

LostEnd settled(const LookVerdict& verdict) {
  return std::get<LostEnd>(verdict.what);
}
bool looks_again(const LookVerdict& verdict) {
  return std::holds_alternative<LookAgain>(verdict.what);
}
std::vector<queue::PartSuccess> landed(const LookVerdict& verdict) {
  return std::get<std::vector<queue::PartSuccess>>(settled(verdict).what);
}
bool is_held(const LookVerdict& verdict) {
  return std::holds_alternative<queue::Hold>(std::get<AfterJob>(settled(verdict).what));
}
queue::Requeue sent_again(const LookVerdict& verdict) {
  return std::get<queue::Requeue>(std::get<AfterJob>(settled(verdict).what));
}

TEST(OutcomeOfLost, AnImportOfTheRightTimeAndRowsIsTheJobsAndSettlesItAtOnce) {
  for (const auto type : {zoho::ImportType::append, zoho::ImportType::truncateadd, zoho::ImportType::updateadd}) {
    const auto verdict = on_look(moment, lost(type), {}, seen(50, after(began, 5)));
    EXPECT_EQ(settled(verdict).fate, LostFate::landed);
    ASSERT_EQ(landed(verdict).size(), 1U);
    EXPECT_EQ(landed(verdict)[0].submission, 7);
    EXPECT_EQ(landed(verdict)[0].rows.success, 50);
    EXPECT_THAT(landed(verdict)[0].reason, HasSubstr("the connection broke"));
    EXPECT_THAT(landed(verdict)[0].reason, HasSubstr("just then"));
  }
}

TEST(OutcomeOfLost, AllPartsOfAJobSettleTogetherAndEachGetsItsOwnRows) {
  auto job = lost();
  job.facts.parts = {carried(7, 30), carried(8, 20, 32)};
  const auto whole = landed(on_look(moment, job, {}, seen(50, after(began, 5))));
  ASSERT_EQ(whole.size(), 2U);
  EXPECT_EQ(whole[0].rows.success, 30);
  EXPECT_EQ(whole[1].submission, 8);
  EXPECT_EQ(whole[1].rows.success, 20);
  auto partial = seen(50, after(began, 5), "Partial Success");
  partial.import->success = 45;
  for (int line = 40; line < 45; ++line) {
    partial.import->errors += fmt::format("<nobr>[Line: {} Field: 1] (x) -ERROR: no</nobr><br>", line);
  }
  const auto parts = landed(on_look(moment, job, {}, partial));
  EXPECT_EQ(parts[0].rows.success, 30);
  EXPECT_EQ(parts[1].rows.success, 15) << "the lines that are told are of the second file";
  job.facts.parts[1].submission.records.reset();
  EXPECT_TRUE(looks_again(on_look(moment, job, {}, seen(50, after(began, 5))))) << "one of them was not counted";
}

TEST(OutcomeOfLost, WhatSettlesNothingIsLookedAtAgainWithGrowingWaits) {
  auto job = lost();
  const LookAnswer nothing = Seen{};
  EXPECT_EQ(std::get<LookAgain>(on_look(moment, job, {}, nothing).what).at, asked_at + outcome_settings.poll_every);
  job.facts.job.looks = 3;
  EXPECT_EQ(std::get<LookAgain>(on_look(moment, job, {}, nothing).what).at, asked_at + 8 * outcome_settings.poll_every);
  const Moment late{outcome_settings, over_at - Milliseconds{5}, 1.0};
  EXPECT_EQ(std::get<LookAgain>(on_look(late, job, {}, nothing).what).at, over_at) << "the last look is at the end";
}

TEST(OutcomeOfLost, OtherRowsOrNoCountSettleNothingAndAnAppendIsHeldInTheEnd) {
  auto uncounted = lost();
  uncounted.facts.parts[0].submission.records.reset();
  const std::vector<std::pair<LostJob, Seen>> unclear{
      {lost(), seen(49, after(began, 5))},
      {uncounted, seen(50, after(began, 5))},
      {lost(), seen(50, after(began, 5), "Failed")},
      {lost(), Seen{zoho::ImportDetails{std::nullopt, "in May", "Success", 50, 50, 0, ""}, {}, "{}"}}};
  for (const auto& [job, look] : unclear) {
    EXPECT_TRUE(looks_again(on_look(moment, job, {}, look)));
    const auto verdict = on_look(at_the_end, job, {}, look);
    EXPECT_TRUE(is_held(verdict));
    EXPECT_EQ(settled(verdict).fate, LostFate::unknown);
    EXPECT_THAT(settled(verdict).reason, HasSubstr(look.import->at_text)) << "what was seen is told";
    EXPECT_THAT(settled(verdict).advice, HasSubstr("dropload release"));
  }
}

TEST(OutcomeOfLost, NoImportSinceItBeganMeansThatItNeverLandedAndCostsNothing) {
  const std::vector<Seen> before{Seen{}, seen(50, began - Milliseconds{121'000})};
  for (const auto& look : before) {
    EXPECT_TRUE(looks_again(on_look(moment, lost(), {}, look))) << "it may be running still";
    const auto verdict = on_look(at_the_end, lost(), {}, look);
    EXPECT_EQ(settled(verdict).fate, LostFate::not_landed);
    EXPECT_EQ(sent_again(verdict).not_before, over_at);
    EXPECT_FALSE(sent_again(verdict).spends_attempt);
    EXPECT_THAT(settled(verdict).reason, HasSubstr("It was not imported"));
  }
}

TEST(OutcomeOfLost, AClockThatMayBeApartLeavesItOpenAndOneThatIsToldDoesNot) {
  const auto shortly_before = began - Milliseconds{60'000};
  EXPECT_TRUE(is_held(on_look(at_the_end, lost(), {}, seen(49, shortly_before)))) << "two minutes are allowed for";
  auto told = seen(49, shortly_before);
  told.service_time = at_the_end.now;
  EXPECT_EQ(settled(on_look(at_the_end, lost(), {}, told)).fate, LostFate::not_landed);
  told.service_time = at_the_end.now - Milliseconds{60'000};
  EXPECT_TRUE(is_held(on_look(at_the_end, lost(), {}, told))) << "the service's clock is a minute behind ours";
}

TEST(OutcomeOfLost, ATimeInAZoneThatMeansSeveralSettlesOnlyWhatAllOfThemSay) {
  // It began at 01:22:20 UTC. "IST" is of Israel, of Ireland or of India.
  const auto at_time = [](const std::string& time) {
    const auto json =
        R"({"lastImportTime":")" + time + R"(","lastImportStatus":"Success","rows":{"total":"50","success":"50"}})";
    return Seen{zoho::decode_import_details(json).value(), at_the_end.now, json};
  };
  const auto own_in_israel = at_time("01 January, 1970 03:22:25 AM IST");
  EXPECT_TRUE(looks_again(on_look(moment, lost(), {}, own_in_israel)));
  EXPECT_TRUE(is_held(on_look(at_the_end, lost(), {}, own_in_israel))) << "in India it would be one of hours before";
  const auto of_yesterday = at_time("31 December, 1969 01:22:25 PM IST");
  EXPECT_EQ(settled(on_look(at_the_end, lost(), {}, of_yesterday)).fate, LostFate::not_landed);
}

TEST(OutcomeOfLost, TheImportThatWasKnownBeforeIsNotTakenForTheJobs) {
  auto job = lost();
  job.earlier = EarlierImport{began - Milliseconds{3'000}, began - Milliseconds{2'000}, 50};
  const auto its_own = seen(50, job.earlier->at);
  EXPECT_TRUE(looks_again(on_look(moment, job, {}, its_own)));
  EXPECT_EQ(settled(on_look(at_the_end, job, {}, its_own)).fate, LostFate::not_landed);
  EXPECT_EQ(settled(on_look(moment, job, {}, seen(50, after(job.earlier->at, 1)))).fate, LostFate::landed);
  job.earlier->noted_at = began;
  EXPECT_TRUE(is_held(on_look(at_the_end, job, {}, its_own))) << "both may have ended in that second";
  job.earlier->total = 9;
  EXPECT_EQ(settled(on_look(moment, job, {}, its_own)).fate, LostFate::landed) << "the rows tell them apart";
}

TEST(OutcomeOfLost, AJobBesideItOfTheSameTableLeavesItOpen) {
  auto job = lost();
  job.facts.others_ran = true;
  EXPECT_TRUE(looks_again(on_look(moment, job, {}, seen(50, after(began, 5)))));
  EXPECT_TRUE(is_held(on_look(at_the_end, job, {}, seen(50, after(began, 5)))));
}

TEST(OutcomeOfLost, ReplacingIsSentAgainUnlessSomethingNewerRan) {
  auto job = lost(zoho::ImportType::truncateadd);
  const auto unclear = seen(49, after(began, 5));
  EXPECT_FALSE(sent_again(on_look(at_the_end, job, {}, unclear)).spends_attempt);
  job.facts.parts[0].newer_ran = true;
  EXPECT_TRUE(is_held(on_look(at_the_end, job, {}, unclear)));
  EXPECT_THAT(settled(on_look(at_the_end, job, {}, unclear)).reason, HasSubstr("newer file"));
}

TEST(OutcomeOfLost, ARouteMayHaveUnknownAppendsSentAgain) {
  auto job = lost();
  job.on_unknown = queue::OnUnknown::resend;
  const auto verdict = on_look(at_the_end, job, {}, seen(49, after(began, 5)));
  EXPECT_FALSE(sent_again(verdict).spends_attempt);
  EXPECT_THAT(settled(verdict).reason, HasSubstr("as the route says"));
}

TEST(OutcomeOfLost, AServiceThatForgetsWhatItAcceptedIsNotSentItForEver) {
  auto job = lost(zoho::ImportType::truncateadd);
  job.facts.job.remote_id = "333";
  EXPECT_TRUE(sent_again(on_look(at_the_end, job, {}, Seen{})).spends_attempt);
  job.facts.parts[0].submission.attempts = job.max_attempts - 1;
  EXPECT_TRUE(is_held(on_look(at_the_end, job, {}, Seen{})));
}

TEST(OutcomeOfLost, BatchesMayHaveLandedThoughNoImportIsTold) {
  auto job = lost();
  job.facts.job.in_batches = true;
  EXPECT_TRUE(is_held(on_look(at_the_end, job, {}, Seen{})));
  job.import_type = zoho::ImportType::truncateadd;
  EXPECT_EQ(settled(on_look(at_the_end, job, {}, Seen{})).fate, LostFate::not_landed);
}

TEST(OutcomeOfLost, ALookThatFailsIsRepeatedAndDecidesNothingHoweverLate) {
  for (const LookAnswer& failed :
       {LookAnswer{NotSeen{"no answer"}}, LookAnswer{call(500, 7005)}, LookAnswer{call(200, 6045)}}) {
    const auto again = std::get<LookAgain>(on_look(at_the_end, lost(), {}, failed).what);
    EXPECT_GT(again.at, over_at);
    EXPECT_FALSE(again.answered);
  }
  EXPECT_TRUE(on_look(at_the_end, lost(), {}, call(200, 6045)).pause);
  EXPECT_EQ(std::get<LookAgain>(on_look(at_the_end, lost(), {}, call(401, 8535)).what).at, over_at);
}

TEST(OutcomeOfLost, ALookThatIsRefusedForGoodLeavesItToThePolicy) {
  const auto no_scope = call(400, 8540);
  EXPECT_TRUE(looks_again(on_look(moment, lost(), {}, no_scope)));
  EXPECT_TRUE(is_held(on_look(at_the_end, lost(), {}, no_scope)));
  auto broken = lost();
  broken.facts.job.failed_polls = 9;
  EXPECT_TRUE(is_held(on_look(at_the_end, broken, {}, call(500, 7005))));
}

TEST(OutcomeOfLost, TheEarlierImportIsReadFromWhatWasKeptOfItsJob) {
  queue::LostFacts facts;
  EXPECT_FALSE(earlier_import(facts));
  facts.earlier_ended_at = began;
  zoho::JobDetails job;
  job.job_id = "1";
  job.code = zoho::JobCode::completed;
  job.summary = zoho::ImportSummary{"APPEND", 1, 1, 50, 50, 0, "updated"};
  job.forgotten_at = began + zoho::summary_kept_for;
  facts.earlier_summary = zoho::encode_job_details(job);
  ASSERT_TRUE(earlier_import(facts));
  EXPECT_EQ(earlier_import(facts)->at, began);
  EXPECT_EQ(earlier_import(facts)->total, 50);
  facts.earlier_summary =
      R"({"lastImportTime":"14 November, 2023 10:13:20 PM GMT","lastImportStatus":"Success","rows":{"total":"9","success":"9"}})";
  EXPECT_EQ(earlier_import(facts)->at, Time{1'700'000'000'000});
  EXPECT_EQ(earlier_import(facts)->total, 9);
}

}  // namespace
}  // namespace dropload::schedule
