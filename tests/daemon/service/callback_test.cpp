#include "daemon/service/callback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/batch_client.h"
#include "tests/support/eventually.h"
#include "tests/support/raw_socket.h"

namespace dropload::service {
namespace {

using nlohmann::json;
using test::BatchClient;
using testing::HasSubstr;
using testing::StartsWith;

TEST(CallbackUrl, IsAnHttpUrlWithAHost) {
  const auto url = parse_callback_url("https://example.com:8443/hook/x?secret=a%20b#part");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->origin.to_string(), "https://example.com:8443");
  EXPECT_EQ(url->target, "/hook/x?secret=a%20b");
  EXPECT_EQ(parse_callback_url("http://[2001:db8::1]")->target, "/");
  for (const char* wrong : {"", "http://", "example.com/hook", "ftp://example.com/", "http://user:word@example.com/",
                            "http://exa mple.com/", "http://example.com:99999/", "javascript:alert(1)"}) {
    EXPECT_FALSE(parse_callback_url(wrong)) << wrong;
  }
}

TEST(CallbackUrl, PrivateAddressesAreKnown) {
  const auto is_private = [](const char* text) { return is_private_address(http::asio::ip::make_address(text)); };
  for (const char* address : {"127.0.0.1",
                              "127.9.9.9",
                              "0.0.0.0",
                              "10.1.2.3",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "169.254.169.254",
                              "100.64.0.1",
                              "198.18.0.1",
                              "224.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fc00::1",
                              "fd12::1",
                              "ff02::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.0.0.1",
                              "2002:7f00:1::",
                              "64:ff9b::7f00:1"}) {
    EXPECT_TRUE(is_private(address)) << address;
  }
  for (const char* address : {"8.8.8.8", "172.15.0.1", "172.32.0.1", "192.167.1.1", "100.128.0.1", "1.1.1.1",
                              "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::"}) {
    EXPECT_FALSE(is_private(address)) << address;
  }
}

Settings local_callbacks() {
  Settings settings;
  settings.private_callbacks = true;
  return settings;
}

class CallbackTest : public testing::Test {
 protected:
  explicit CallbackTest(Settings settings = local_callbacks()) : client_(std::move(settings)) {}

  test::RunningService& service() { return client_.service(); }
  std::string url(const std::string& path = "/hook?key=1") {
    return fmt::format("http://127.0.0.1:{}{}", listener_.port(), path);
  }
  test::HttpAnswer create(const std::string& name, const std::string& callback, const std::string& csv = "n\n1\n") {
    return service().create(
        service().create_target(
            {{"tableName", name}, {"fileType", "csv"}, {"autoIdentify", true}, {"callbackUrl", callback}}),
        {{"FILE", csv, "n.csv", ""}});
  }
  // The look whether anybody is there is a connection of its own.
  void accept_look() { listener_.accept().read_to_end(); }
  // The next call, answered with this.
  std::string call(std::string_view answer = "HTTP/1.1 204 No Content\r\n\r\n") {
    auto peer = listener_.accept();
    const std::string message = peer.read_message();
    peer.send(answer);
    return message;
  }
  static json data_of(const std::string& call) { return json::parse(call.substr(call.find("\r\n\r\n") + 4)); }

  test::RawListener listener_;
  BatchClient client_;
};

TEST_F(CallbackTest, AnEndedJobIsToldOfOnceAsTheBareDataObject) {
  const auto answer = create("T", url());
  ASSERT_EQ(answer.status, 200) << answer.body;
  accept_look();
  const std::string message = call();
  EXPECT_THAT(message, StartsWith("POST /hook?key=1 HTTP/1.1\r\n"));
  EXPECT_THAT(message, HasSubstr("Content-Type: application/json"));
  EXPECT_EQ(data_of(message), service().job(answer.json().at("data").at("jobId")));
  EXPECT_EQ(data_of(message).at("jobCode"), "1004");
}

TEST_F(CallbackTest, AFailedJobIsToldOfToo) {
  const auto answer = create("T", url(), "a\n\"never closed\n");
  ASSERT_EQ(answer.status, 200) << answer.body;
  accept_look();
  EXPECT_EQ(data_of(call()).at("jobCode"), "1003");
}

TEST_F(CallbackTest, AJobOfBatchesIsToldOfWithItsKey) {
  json config = BatchClient::new_table("T");
  config["callbackUrl"] = url();
  const auto job = client_.accepted(client_.send(client_.target(), config, "n\n1\n"));
  accept_look();
  client_.next(job, "n\n2\n", true);
  const json data = data_of(call());
  EXPECT_EQ(data.at("batchKey"), job.key);
  EXPECT_EQ(data.at("jobInfo").at("importSummary").at("totalRowCount"), 2);
}

TEST_F(CallbackTest, IsNotTriedAgainWhateverComesOfIt) {
  create("First", url("/first"));
  accept_look();
  EXPECT_THAT(call("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"), StartsWith("POST /first"));
  create("Second", url("/second"));
  accept_look();
  listener_.accept().reset();
  service().start(local_callbacks());
  create("Third", url("/third"));
  accept_look();
  EXPECT_THAT(call(), StartsWith("POST /third")) << "neither of the others came again";
}

TEST_F(CallbackTest, OneThatIsNotAnsweredHoldsUpNoJob) {
  create("First", url());
  accept_look();
  const auto silent = listener_.accept();
  const auto second = service().wait_for_end(service().accepted_table("Second", "n\n1\n"));
  EXPECT_EQ(second.at("jobCode"), "1004");
  service().stop();  // does not wait for it either
}

TEST_F(CallbackTest, ItsUrlIsLookedAtWhenTheJobIsMade) {
  EXPECT_EQ(create("T", "no url").error_code(), 8125);
  EXPECT_EQ(create("T", "http://user:word@127.0.0.1/").error_code(), 8125);
  EXPECT_EQ(create("T", "http://no-such-host.invalid/").error_code(), 8126);
  const auto nobody = [] { return test::RawListener().port(); }();
  const auto answer = create("T", fmt::format("http://127.0.0.1:{}/", nobody));
  EXPECT_EQ(answer.error_code(), 8126);
  EXPECT_EQ(answer.json().at("summary"), "CALLBACKURL_CONNECTION_ERROR");
  EXPECT_EQ(create("T", url()).status, 200);
}

class PublicCallbackTest : public CallbackTest {
 protected:
  PublicCallbackTest() : CallbackTest(Settings{}) {}
};

TEST_F(PublicCallbackTest, APrivateAddressIsRefusedUnlessASettingAllowsIt) {
  EXPECT_EQ(create("T", url()).error_code(), 8127);
  EXPECT_EQ(create("T", fmt::format("http://localhost:{}/", listener_.port())).error_code(), 8127);
  json config = BatchClient::new_table("T");
  config["callbackUrl"] = url();
  EXPECT_EQ(client_.send(client_.target(), config, "n\n1\n").error_code(), 8127);
  EXPECT_EQ(client_.send_part(client_.target(), config, "n\n1\n").error_code(), 8127);
  EXPECT_TRUE(std::filesystem::is_empty(service().directory() / "uploads"));
}

}  // namespace
}  // namespace dropload::service
