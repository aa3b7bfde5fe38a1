// The checker of answers itself: an answer that is wrong is found.

#include "tests/contract/answer_schema.h"

namespace dropload::test {
namespace {

class AnswerSchemaChecker : public testing::Test {
 protected:
  static constexpr const char* create = "POST /restapi/v2/bulk/workspaces/1/data";
  static constexpr const char* job = "GET /restapi/v2/bulk/workspaces/1/importjobs/1";

  std::size_t offences(const std::string& call, int status, const std::string& body,
                       const std::string& type = "application/json;charset=UTF-8") {
    HttpAnswer answer{status, {}, body};
    answer.headers.set("Content-Type", type);
    const std::size_t blank = call.find(' ');
    return schema_.offences(call.substr(0, blank), call.substr(blank + 1) + "?CONFIG={}", answer).size();
  }
  static std::string success(const std::string& data) {
    return R"({"status":"success","summary":"s","data":)" + data + "}";
  }

  AnswerSchema schema_;
};

TEST_F(AnswerSchemaChecker, FindsWhatIsMissingWrongOrNotKnown) {
  EXPECT_EQ(offences(create, 200, success(R"({"jobId":"12"})")), 0U);
  EXPECT_EQ(offences(create, 200, success(R"({"jobId":12})")), 2U);
  EXPECT_EQ(offences(create, 200, success("{}")), 1U);
  EXPECT_EQ(offences(create, 200, success(R"({"jobId":"12","more":1})")), 1U);
  EXPECT_EQ(offences(create, 200, R"({"jobId":"12"})"), 1U);
  EXPECT_EQ(offences(create, 200, "nothing"), 1U);
  EXPECT_EQ(offences(create, 200, success(R"({"jobId":"12"})"), "text/plain"), 1U);
  EXPECT_EQ(offences("GET /restapi/v2/workspaces/1/views/2/data", 200, "a,b", "text/csv;charset=UTF-8"), 0U);
  EXPECT_EQ(offences("GET /restapi/v2/workspaces/1/views/2/data", 200, R"({"data":[{"a":1}]})"), 1U);
}

TEST_F(AnswerSchemaChecker, FindsAFailureThatSaysItIsNone) {
  const std::string failure = R"({"status":"failure","summary":"S","data":{"errorCode":7103,"errorMessage":"m"}})";
  EXPECT_EQ(offences(create, 404, failure), 0U);
  EXPECT_EQ(offences(create, 200, failure), 1U);
  EXPECT_EQ(offences(create, 400, success(R"({"jobId":"12"})")), 5U);
}

TEST_F(AnswerSchemaChecker, FindsAJobWhoseCodeAndContentDoNotGoTogether) {
  EXPECT_EQ(offences(job, 200, success(R"({"jobId":"1","jobCode":"1002","jobStatus":"JOB IN PROGRESS"})")), 0U);
  EXPECT_EQ(offences(job, 200, success(R"({"jobId":"1","jobCode":"1002","jobStatus":"JOB COMPLETED"})")), 1U);
  EXPECT_EQ(offences(job, 200, success(R"({"jobId":"1","jobCode":"1003","jobStatus":"ERROR OCCURRED"})")), 2U);
  EXPECT_EQ(
      offences(job, 200, success(R"({"jobId":"1","jobCode":"1001","jobStatus":"JOB NOT INITIATED","expiryTime":"1"})")),
      1U);
}

}  // namespace
}  // namespace dropload::test
