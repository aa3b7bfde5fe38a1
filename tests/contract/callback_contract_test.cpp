// callbackUrl (import-api.md, section 6) as it stands on the wire.

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

service::Settings with_callbacks_on_this_machine() {
  service::Settings settings;
  settings.private_callbacks = true;
  return settings;
}

class CallbackContract : public WireTest {
 protected:
  explicit CallbackContract(service::Settings settings = with_callbacks_on_this_machine())
      : WireTest(std::move(settings)) {}

  std::string url() { return fmt::format("http://127.0.0.1:{}/hook?key=1", listener_.port()); }
  HttpAnswer create_told(const std::string& callback, const std::string& file = "a\n1\n") {
    return create("", new_table(fresh_name(), {{"callbackUrl", callback}}), file);
  }
  // The call that comes of a job, answered; before it somebody only looks whether we are there.
  std::string call() {
    listener_.accept().read_to_end();
    auto caller = listener_.accept();
    const std::string message = caller.read_message();
    caller.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    return message;
  }
  // The body is the job as its details tell it, bare.
  void expect_told_of(const std::string& message, const std::string& job_id, const std::string& code) {
    EXPECT_THAT(message, StartsWith("POST /hook?key=1 HTTP/1.1\r\n"));
    EXPECT_THAT(message, HasSubstr("\r\nContent-Type: application/json"));
    const Json data = Json::parse(message.substr(message.find("\r\n\r\n") + 4));
    EXPECT_THAT(schema_.offences_of_job(data), testing::IsEmpty());
    EXPECT_EQ(data.at("jobCode"), code);
    EXPECT_EQ(data, service_.job(job_id));
  }

  RawListener listener_;
};

TEST_F(CallbackContract, CallbackUrlIsToldOfAJobThatCompleted) {
  const auto created = create_told(url());
  ASSERT_EQ(created.status, 200) << created.body;
  expect_told_of(call(), created.json().at("data").at("jobId"), "1004");
}

TEST_F(CallbackContract, CallbackUrlIsToldOfAJobThatFailed) {
  const auto created = create_told(url(), "a\n\"never closed\n");
  ASSERT_EQ(created.status, 200) << created.body;
  expect_told_of(call(), created.json().at("data").at("jobId"), "1003");
}

TEST_F(CallbackContract, CallbackUrlOfABatchJobIsToldOnceAllBatchesAreIn) {
  const std::string target = "/restapi/v2/bulk/workspaces/" + service_.workspace_id() + "/data/batch?CONFIG=";
  const auto send = [&](const Json& config) {
    return service_.create(target + http::percent_encode(config.dump()), {{"FILE", "a\n1\n", "a.csv", ""}});
  };
  const Json first{{"tableName", "t"}, {"autoIdentify", true}, {"batchKey", "start"}, {"callbackUrl", url()}};
  const auto created = send(first);
  ASSERT_EQ(created.status, 200) << created.body;
  send({{"batchKey", created.json().at("data").at("batchKey")}, {"isLastBatch", true}});
  expect_told_of(call(), created.json().at("data").at("jobId"), "1004");
  EXPECT_EQ(exported("t"), (Rows{{"a"}, {"1"}, {"1"}}));
}

TEST_F(CallbackContract, ACallbackUrlThatIsNoneIs8125) {
  for (const char* none : {"", "no url", "ftp://example.com/", "http://", "http://user:word@example.com/"}) {
    expect_refusal(create_told(none), 400, 8125, "CALLBACKURL_NOT_VALID");
  }
}

TEST_F(CallbackContract, ACallbackUrlThatNobodyAnswersAtIs8126) {
  const int nobody = [] { return RawListener().port(); }();
  for (const std::string& target : {fmt::format("http://127.0.0.1:{}/", nobody), std::string("http://no.invalid/")}) {
    expect_refusal(create_told(target), 400, 8126, "CALLBACKURL_CONNECTION_ERROR");
  }
}

class PublicCallbackContract : public CallbackContract {
 protected:
  PublicCallbackContract() : CallbackContract(service::Settings{}) {}
};

TEST_F(PublicCallbackContract, ACallbackUrlOfAPrivateAddressIs8127) {
  for (const std::string& target :
       {url(), fmt::format("http://localhost:{}/", listener_.port()), std::string("https://10.1.2.3/"),
        std::string("http://169.254.169.254/latest/meta-data"), std::string("http://[::1]/")}) {
    expect_refusal(create_told(target), 400, 8127, "CALLBACKURL_RESTRICTED");
  }
  EXPECT_EQ(service_.service().most_jobs_at_once(), 0);
}

}  // namespace
}  // namespace dropload::test
