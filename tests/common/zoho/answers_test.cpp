#include "common/zoho/answers.h"

#include <string>

#include <gtest/gtest.h>

namespace dropload::zoho {
namespace {

Errc code_of(const auto& result) {
  EXPECT_TRUE(result.has_error());
  return result.has_error() ? result.error().code : Errc::internal;
}

TEST(Envelope, ASuccessGivesItsDataToTheDecoders) {
  const auto answer = decode_answer(
      200, R"({"status":"success","summary":"Create bulk import job","data":{"jobId":"1767024000003153087"}})");
  ASSERT_TRUE(answer.has_value());
  const auto* success = std::get_if<Success>(&*answer);
  ASSERT_NE(success, nullptr);
  EXPECT_EQ(success->summary, "Create bulk import job");
  EXPECT_EQ(success->data, R"({"jobId":"1767024000003153087"})");
}

TEST(Envelope, AFailureIsOneWhateverItsStatus) {
  for (const int status : {200, 400, 500}) {
    const auto answer = decode_answer(
        status,
        R"({"status":"failure","summary":"META_OBJECT_NOT_PRESENT","data":{"errorCode":7103,"errorMessage":"No."}})");
    ASSERT_TRUE(answer.has_value());
    const auto* refusal = std::get_if<Refusal>(&*answer);
    ASSERT_NE(refusal, nullptr);
    EXPECT_EQ(refusal->http_status, status);
    EXPECT_EQ(refusal->code, 7103);
    EXPECT_EQ(refusal->symbol, "META_OBJECT_NOT_PRESENT");
    EXPECT_EQ(refusal->message, "No.");
  }
}

TEST(Envelope, AFailureWithoutACodeHasCodeZero) {
  const auto answer = decode_answer(403, R"({"status":"failure","summary":7})");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(std::get<Refusal>(*answer).code, 0);
  EXPECT_EQ(std::get<Refusal>(*answer).message, "");
}

TEST(Envelope, ACodeWrittenAsTextIsRead) {
  const auto answer = decode_answer(400, R"({"status":"failure","data":{"errorCode":"8134"}})");
  EXPECT_EQ(std::get<Refusal>(*answer).code, 8134);
}

TEST(Envelope, WhatIsNoEnvelopeIsAProtocolError) {
  for (const auto* body : {"", "<html>Bad Gateway</html>", "[]", "{}", R"({"status":"ok"})", R"({"status":1})"}) {
    EXPECT_EQ(code_of(decode_answer(502, body)), Errc::protocol) << body;
    EXPECT_EQ(code_of(decode_answer(200, body)), Errc::protocol) << body;
  }
}

TEST(Envelope, ASuccessWithAnErrorStatusIsAProtocolError) {
  EXPECT_EQ(code_of(decode_answer(500, encode_success("x", "{}"))), Errc::protocol);
}

TEST(Envelope, TheClientReadsWhatTheServiceWrote) {
  const auto success = decode_answer(200, encode_success("Get \"it\"", R"({"b":[1,2],"a":"ä"})"));
  EXPECT_EQ(std::get<Success>(*success).summary, "Get \"it\"");
  EXPECT_EQ(std::get<Success>(*success).data, R"({"b":[1,2],"a":"ä"})");
  const auto sent = refuse(8134, "The maximum number of simultaneous import jobs has been reached.");
  const auto got = std::get<Refusal>(*decode_answer(sent.http_status, encode_failure(sent)));
  EXPECT_EQ(got.code, sent.code);
  EXPECT_EQ(got.symbol, sent.symbol);
  EXPECT_EQ(got.message, sent.message);
  EXPECT_EQ(encode_failure(refuse(7203, "Empty.")),
            R"({"status":"failure","summary":"IMPORT_FILE_EMPTY","data":{"errorCode":7203,"errorMessage":"Empty."}})");
}

JobDetails completed_job() {
  JobDetails details;
  details.job_id = "1767024000003153087";
  details.code = JobCode::completed;
  details.summary = ImportSummary{"APPEND", 7, 6, 755, 750, 5, "created"};
  details.view_id = "1767024000003154002";
  details.columns = {{"Date", "Date"}, {"Größe", "Plain Text"}};
  details.import_errors = "<nobr>[Line: 3 Field: 2] (abc) -ERROR: no number</nobr><br>";
  details.forgotten_at = Time{1'623'764'592'309};
  return details;
}

TEST(JobDetails, TheReferencesSampleIsRead) {
  const auto details = decode_job_details(
      R"({"jobId":"1767024000003153087","jobCode":"1004","jobStatus":"JOB COMPLETED","jobInfo":{
          "viewId":"1767024000003154002","importSummary":{"importType":"APPEND","totalColumnCount":7,
          "selectedColumnCount":7,"totalRowCount":755,"successRowCount":755,"warnings":0,"importOperation":"created"},
          "columnDetails":{"Date":"Date","Sales":"Currency"},"importErrors":""},"expiryTime":"1623764592309"})");
  ASSERT_TRUE(details.has_value()) << details.error().message;
  EXPECT_EQ(details->job_id, "1767024000003153087");
  EXPECT_EQ(details->code, JobCode::completed);
  ASSERT_TRUE(details->summary.has_value());
  EXPECT_EQ(details->summary->total_rows, 755);
  EXPECT_EQ(details->summary->operation, "created");
  EXPECT_EQ(details->view_id, "1767024000003154002");
  EXPECT_EQ(details->columns.at("Sales"), "Currency");
  EXPECT_EQ(details->forgotten_at, Time{1'623'764'592'309});
}

TEST(JobDetails, ACompletedJobComesBackAsItWasSent) {
  const auto sent = completed_job();
  const auto got = decode_job_details(encode_job_details(sent));
  ASSERT_TRUE(got.has_value()) << got.error().message;
  EXPECT_EQ(encode_job_details(*got), encode_job_details(sent));
  EXPECT_EQ(got->summary->selected_columns, 6);
  EXPECT_EQ(got->summary->success_rows, 750);
  EXPECT_EQ(got->summary->warnings, 5);
  EXPECT_EQ(got->columns, sent.columns);
  EXPECT_EQ(got->import_errors, sent.import_errors);
}

TEST(JobDetails, AFailedJobComesBackAsItWasSent) {
  JobDetails sent;
  sent.job_id = "17";
  sent.code = JobCode::failed;
  sent.error_code = 7232;
  sent.error_message = "<b>aborted</b>";
  sent.batch_key = "169_1_Sales";
  sent.forgotten_at = Time{5};
  const auto got = decode_job_details(encode_job_details(sent));
  ASSERT_TRUE(got.has_value()) << got.error().message;
  EXPECT_EQ(got->code, JobCode::failed);
  EXPECT_EQ(got->error_code, 7232);
  EXPECT_EQ(got->error_message, "<b>aborted</b>");
  EXPECT_EQ(got->batch_key, "169_1_Sales");
  EXPECT_EQ(got->forgotten_at, Time{5});
  EXPECT_FALSE(got->summary.has_value());
}

TEST(JobDetails, AJobUnderWayHasNoInfo) {
  for (const auto code : {JobCode::not_initiated, JobCode::in_progress, JobCode::not_found}) {
    JobDetails sent;
    sent.job_id = "17";
    sent.code = code;
    const auto text = encode_job_details(sent);
    EXPECT_EQ(text.find("jobInfo"), std::string::npos);
    EXPECT_EQ(decode_job_details(text)->code, code);
  }
  EXPECT_EQ(encode_job_details({"17", JobCode::in_progress, {}, {}, {}, {}, {}, {}, {}, {}}),
            R"({"jobId":"17","jobCode":"1002","jobStatus":"JOB IN PROGRESS"})");
}

TEST(JobDetails, WhatWeActOnMustHaveItsType) {
  for (const auto* text :
       {"", "[]", "{}", R"({"jobCode":1004})", R"({"jobCode":"1006"})", R"({"jobCode":"x"})",
        R"({"jobCode":"1002","jobId":7})", R"({"jobCode":"1004"})", R"({"jobCode":"1004","jobInfo":{}})",
        R"({"jobCode":"1004","jobInfo":{"importSummary":{"totalColumnCount":1,"selectedColumnCount":1,)"
        R"("totalRowCount":1.5,"successRowCount":1,"warnings":0}}})",
        R"({"jobCode":"1003","jobInfo":{"errorCode":[]}})", R"({"jobCode":"1003","jobInfo":{"errorMessage":1}})",
        R"({"jobCode":"1002","expiryTime":"soon"})"}) {
    EXPECT_EQ(code_of(decode_job_details(text)), Errc::protocol) << text;
  }
}

TEST(JobDetails, AFailureThatSaysNothingIsStillAFailure) {
  const auto details = decode_job_details(R"({"jobCode":"1003"})");
  ASSERT_TRUE(details.has_value());
  EXPECT_FALSE(details->error_code.has_value());
  EXPECT_EQ(details->error_message, "");
}

TEST(JobCreated, IdsOfNineteenDigitsStayText) {
  const auto created = decode_job_created(R"({"jobId":"1767024000003153087"})");
  EXPECT_EQ(created->job_id, "1767024000003153087");
  EXPECT_FALSE(created->batch_key.has_value());
  EXPECT_EQ(decode_job_created(encode_job_created({"9007199254740993", "k"}))->batch_key, "k");
  EXPECT_EQ(decode_job_created(encode_job_created({"9007199254740993", {}}))->job_id, "9007199254740993");
}

TEST(JobCreated, AnIdThatIsMissingOrNoTextIsAProtocolError) {
  for (const auto* text : {"", "{}", "[]", R"({"jobId":17})", R"({"jobId":""})", R"({"jobId":null})"}) {
    EXPECT_EQ(code_of(decode_job_created(text)), Errc::protocol) << text;
  }
}

TEST(MetaDetails, NamesAreReadWithTheirIds) {
  const auto details = decode_meta_details(
      R"({"workspaces":{"workspaceId":"38190000004180410","workspaceName":"Sales","workspaceDesc":"","orgId":"57"},
          "views":{"viewId":"38190000004180412","viewName":"Orders","viewDesc":"","viewType":"Table"}})");
  ASSERT_TRUE(details.has_value()) << details.error().message;
  EXPECT_EQ(details->workspace_id, "38190000004180410");
  EXPECT_EQ(details->organization_id, "57");
  EXPECT_EQ(details->view_id, "38190000004180412");
  EXPECT_EQ(details->view_name, "Orders");
}

TEST(MetaDetails, AWorkspaceAloneHasNoView) {
  const MetaDetails sent{"1", "Main", "57", {}, {}};
  const auto got = decode_meta_details(encode_meta_details(sent));
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->workspace_name, "Main");
  EXPECT_FALSE(got->view_id.has_value());
  const auto with_view = decode_meta_details(encode_meta_details({"1", "Main", "57", "2", "T"}));
  EXPECT_EQ(with_view->view_id, "2");
  EXPECT_EQ(with_view->view_name, "T");
}

TEST(MetaDetails, IdsMustBeText) {
  for (const auto* text : {"", "{}", R"({"workspaces":[]})", R"({"workspaces":{"workspaceId":1}})",
                           R"({"workspaces":{"workspaceId":"1"},"views":{"viewId":2}})"}) {
    EXPECT_EQ(code_of(decode_meta_details(text)), Errc::protocol) << text;
  }
}

TEST(Views, NamesAreReadWithTheirIds) {
  const auto got = decode_views(
      R"({"views":[{"viewId":"1","viewName":"Orders","viewType":"Table","folderId":"7"},
                   {"viewId":"2","viewName":"Größen","viewType":"Pivot"}]})");
  ASSERT_TRUE(got.has_value()) << got.error().message;
  ASSERT_EQ(got->size(), 2u);
  EXPECT_EQ((*got)[1].view_id, "2");
  EXPECT_EQ((*got)[1].view_name, "Größen");
  EXPECT_TRUE(decode_views(R"({"views":[]})")->empty());
}

TEST(Views, AListWithoutIdsAndNamesIsAProtocolError) {
  for (const auto* text : {"", "[]", "{}", R"({"views":{}})", R"({"views":[{"viewName":"x"}]})",
                           R"({"views":[{"viewId":1,"viewName":"x"}]})", R"({"views":["x"]})"}) {
    EXPECT_EQ(code_of(decode_views(text)), Errc::protocol) << text;
  }
}

TEST(Token, AnAnswerGivesTheTokenAndItsTime) {
  const auto token = decode_token(200, R"({"access_token":"1000.abc","expires_in":3600,"token_type":"Bearer"})");
  ASSERT_TRUE(token.has_value()) << token.error().message;
  EXPECT_EQ(token->access_token, "1000.abc");
  EXPECT_EQ(token->expires_in_seconds, 3600);
  const auto got = decode_token(200, encode_token({"1000.x", 60}, "https://www.zohoapis.eu"));
  EXPECT_EQ(got->access_token, "1000.x");
  EXPECT_EQ(got->expires_in_seconds, 60);
}

TEST(Token, AnErrorIsARefusalWithHttp200Too) {
  for (const int status : {200, 400, 401}) {
    const auto token = decode_token(status, R"({"error":"invalid_code"})");
    EXPECT_EQ(code_of(token), Errc::permission_denied);
    EXPECT_NE(token.error().message.find("invalid_code"), std::string::npos);
  }
}

TEST(Token, TooManyRequestsAreNotARefusal) {
  EXPECT_EQ(
      code_of(decode_token(400, R"({"error":"Access Denied","error_description":"You have made too many requests )"
                                R"(continuously. Please try again after some time.","status":"failure"})")),
      Errc::busy);
  EXPECT_EQ(code_of(decode_token(429, "slow down")), Errc::busy);
}

TEST(Token, WhatIsNeitherIsAProtocolErrorThatQuotesNothing) {
  for (const auto* body : {"", "<html>", "{}", R"({"access_token":7})", R"({"access_token":""})",
                           R"({"access_token":"secret","expires_in":"soon"})"}) {
    const auto token = decode_token(200, body);
    EXPECT_EQ(code_of(token), Errc::protocol) << body;
    EXPECT_EQ(token.error().message.find("secret"), std::string::npos);
  }
  EXPECT_EQ(code_of(decode_token(503, R"({"access_token":"x"})")), Errc::protocol);
}

TEST(Token, TheErrorsWordCannotForgeALogLine) {
  const auto token = decode_token(200, R"({"error":"bad\n2026-01-01 error <b>"})");
  EXPECT_EQ(token.error().message.find('\n'), std::string::npos);
  EXPECT_EQ(token.error().message.find('<'), std::string::npos);
}

TEST(Offence, ItReadsBackAsTheLineThatItIs) {
  const auto html = encode_offence({3, 2, "<b>&\"x\"", "The value is no number"});
  EXPECT_EQ(html, "<nobr>[Line: 3 Field: 2] (&lt;b&gt;&amp;&quot;x&quot;) -ERROR: The value is no number</nobr><br>");
  EXPECT_EQ(plain_text(html), "[Line: 3 Field: 2] (<b>&\"x\") -ERROR: The value is no number");
}

TEST(PlainText, TagsGoAndLineBreaksStay) {
  EXPECT_EQ(plain_text("<NOBR>one</NOBR><BR><nobr>two</nobr><br/>\n<br />three"), "one\ntwo\nthree");
  EXPECT_EQ(plain_text("a<!-- <b>x</b> -->b"), "ab");
  EXPECT_EQ(plain_text(""), "");
  EXPECT_EQ(plain_text("<br><br>"), "");
  EXPECT_EQ(plain_text("<brand>x"), "x");
}

TEST(PlainText, WhatIsNoTagIsText) {
  EXPECT_EQ(plain_text("1 < 2 > 0"), "1 < 2 > 0");
  EXPECT_EQ(plain_text("a <b and no more"), "a <b and no more");
  EXPECT_EQ(plain_text("<"), "<");
  EXPECT_EQ(plain_text("<!-- never closed"), "<!-- never closed");
}

TEST(PlainText, EntitiesAreDecodedOnce) {
  EXPECT_EQ(plain_text("&lt;b&gt; &amp;lt; &#39;&#x27;&apos;&nbsp;&#228;&#x1F600;"), "<b> &lt; ''' ä😀");
  EXPECT_EQ(plain_text("&unknown; & &; &#; &#x; &#xD800; &#1114112; AT&T"),
            "&unknown; & &; &#; &#x; &#xD800; &#1114112; AT&T");
}

TEST(PlainText, ControlCharactersDoNotComeThrough) {
  EXPECT_EQ(plain_text("a\x1B[31mb\x7F\tc\r\n d"), "a [31mb c d");
  EXPECT_EQ(plain_text("a&#27;b&#10;c"), "a&#27;b&#10;c");
}

TEST(PlainText, NoInputMakesItReadBeyondItsEnd) {
  const std::string html = "<br><!-- x --><nobr>&#x41;&amp;</nobr>";
  for (std::size_t length = 0; length <= html.size(); ++length) {
    const std::string piece(html.data(), length);
    EXPECT_LE(plain_text(piece).size(), length);
  }
}

TEST(Envelope, OneThatIsNestedTooDeepIsNoneOfTheApi) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  EXPECT_EQ(decode_answer(200, R"({"status":"success","data":)" + deep + "}").error().code, Errc::protocol);
}

}  // namespace
}  // namespace dropload::zoho
