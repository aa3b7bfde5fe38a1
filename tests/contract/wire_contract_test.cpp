// How real clients of the API speak (recorded on the wire), one test a habit.

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class WireContract : public WireTest {
 protected:
  static constexpr const char* rows = "id,name\n1,Ann\n2,Bob\n";

  std::string path() { return "/restapi/v2/bulk/workspaces/" + service_.workspace_id() + "/data"; }
  static Part config(const std::string& name) { return {"CONFIG", new_table(name).dump(), "", ""}; }
  static Part file(const std::string& type = "") { return {"FILE", rows, "data.csv", type}; }

  void expect_table(const HttpAnswer& created, const std::string& name) {
    EXPECT_EQ(ended(created).at("jobCode"), "1004");
    EXPECT_EQ(table(name), (Rows{{"id", "name"}, {"1", "Ann"}, {"2", "Bob"}})) << name;
  }
  // One request on a connection of its own, cut where the test wants; the answer's body.
  HttpAnswer create_raw(const std::string& target, const std::string& more, const std::string& body) {
    return service_.send_raw(head("POST", target, more) + body);
  }
  static std::string typed() { return "Content-Type: " + form_type() + "\r\n"; }
  static std::string length_of(const std::string& body) {
    return "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  std::string token_parameters() {
    const auto known = service_.service().credentials();
    return fmt::format("refresh_token={}&client_id={}&client_secret={}&grant_type=refresh_token",
                       http::percent_encode(known.refresh_token), http::percent_encode(known.client_id),
                       http::percent_encode(known.client_secret));
  }
  void expect_token(const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 200);
    ASSERT_TRUE(answer.json().contains("access_token")) << answer.body;
    const std::string value = "Zoho-oauthtoken " + answer.json().at("access_token").get<std::string>();
    EXPECT_EQ(service_.send(http::Verb::get, "/restapi/v2/orgs", {{"Authorization", value}}).status, 200);
  }
};

TEST_F(WireContract, ConfigInTheQueryIsPercentEncodedWithBlanksAsPlusOrAsPercent20) {
  Json config = new_table("my table");
  std::string encoded = http::percent_encode(config.dump());
  ASSERT_THAT(encoded, HasSubstr("%20"));
  expect_table(service_.create(path() + "?CONFIG=" + encoded, {file()}), "my table");
  config["tableName"] = "my other";
  encoded = http::percent_encode(config.dump());
  encoded.replace(encoded.find("%20"), 3, "+");
  expect_table(service_.create(path() + "?CONFIG=" + encoded, {file()}), "my other");
}

TEST_F(WireContract, ConfigInTheQueryMayStandThereAsItIs) {
  const std::string plain = R"({"tableName":"Größe","fileType":"csv","autoIdentify":true})";
  const std::string form = form_of({file()});
  expect_table(create_raw(path() + "?CONFIG=" + plain + "&", typed() + length_of(form), form), "Größe");
}

TEST_F(WireContract, OtherLettersComeAsUtf8OrEscapedInTheJson) {
  expect_table(service_.create(path() + "?CONFIG=" + http::percent_encode(new_table("Größe").dump()), {file()}),
               "Größe");
  const std::string escaped = new_table("Maß").dump(-1, ' ', true);
  ASSERT_THAT(escaped, HasSubstr("\\u00df"));
  expect_table(service_.create(path() + "?CONFIG=" + http::percent_encode(escaped), {file()}), "Maß");
}

TEST_F(WireContract, ConfigIsAPartBeforeTheFile) {
  expect_table(service_.create(path(), {config("t"), file()}), "t");
}

TEST_F(WireContract, ConfigIsAPartBehindTheFile) {
  expect_table(service_.create(path(), {file(), config("t")}), "t");
}

TEST_F(WireContract, ConfigIsAPartWithATypeOfItsOwn) {
  Part part = config("t");
  part.content_type = "application/json; charset=utf-8";
  expect_table(service_.create(path(), {part, file()}), "t");
}

TEST_F(WireContract, PartsThatNobodyKnowsAreDropped) {
  const Part other{"ZOHO_ACTION", "IMPORT", "", ""};
  expect_table(service_.create(path(), {other, config("t"), other, file(), other}), "t");
}

TEST_F(WireContract, TheQueryWinsOverThePart) {
  expect_table(service_.create(service_.create_target(new_table("query")), {config("part"), file()}), "query");
}

TEST_F(WireContract, TheFilesTypeMayBeMissingOrNonsense) {
  int n = 0;
  for (const char* type : {"", "text/csv", "application/octet-stream", "json/csv", "x", ";;=", "multipart/mixed"}) {
    const std::string name = "t" + std::to_string(++n);
    expect_table(service_.create(path(), {file(type), config(name)}), name);
  }
}

TEST_F(WireContract, TheFileNeedsNoNameAndItsEndingMeansNothing) {
  expect_table(service_.create(path(), {config("t"), {"FILE", rows, "", ""}}), "t");
  expect_table(service_.create(path(), {config("u"), {"FILE", rows, "data.json", "application/json"}}), "u");
}

TEST_F(WireContract, AFormsHeadersAreWrittenInManyWays) {
  const auto form = [](const std::string& head) { return "--XX\r\n" + head + "\r\n\r\n" + rows + "\r\n--XX--"; };
  const std::string usual = "Content-Disposition: form-data; name=\"FILE\"; filename=\"a.csv\"";
  const std::vector<std::pair<std::string, std::string>> forms{
      {"multipart/form-data; boundary=XX", form("content-disposition: form-data; name=FILE; filename=a.csv")},
      {"multipart/form-data; boundary=XX", form(usual + "; filename*=utf-8''Gr%C3%B6%C3%9Fe.csv")},
      {"multipart/form-data; boundary=XX", form(usual + "\r\nContent-Transfer-Encoding: binary")},
      {"multipart/form-data; boundary=XX", "A form of several parts\r\n" + form(usual) + "\r\nand its end"},
      {"multipart/form-data;boundary=\"XX\"", form(usual)},
      {"MULTIPART/Form-Data; charset=UTF-8; boundary=XX", form(usual)}};
  for (const auto& [type, body] : forms) {
    const std::string name = fresh_name();
    const std::string target = service_.create_target(new_table(name));
    expect_table(create_raw(target, "Content-Type: " + type + "\r\n" + length_of(body), body), name);
  }
}

TEST_F(WireContract, OneConnectionServesCallAfterCallThoseAfterARefusedOneToo) {
  auto socket = RawSocket::connect_to(service_.service().port());
  const Part bad{"CONFIG", "nothing", "", ""};
  for (const auto& [part, status] :
       {std::pair(config("t"), " 200 "), std::pair(bad, " 400 "), std::pair(config("u"), " 200 ")}) {
    const std::string form = form_of({part, file()});
    socket.send(head("POST", path(), typed() + length_of(form)) + form);
    EXPECT_THAT(socket.read_message(), StartsWith("HTTP/1.1" + std::string(status)));
  }
  socket.send(head("GET", "/restapi/v2/orgs?"));
  EXPECT_THAT(socket.read_message(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(WireContract, ABodyMayBeChunkedInPiecesOfAnySize) {
  int n = 0;
  for (const std::size_t size : std::initializer_list<std::size_t>{1, 7, 100000}) {
    const std::string name = "t" + std::to_string(++n);
    const std::string form = form_of({config(name), file()});
    std::string body;
    for (std::size_t at = 0; at < form.size(); at += size) {
      const std::string piece = form.substr(at, size);
      body += fmt::format("{:X};note=\"x\"\r\n{}\r\n", piece.size(), piece);
    }
    expect_table(create_raw(path(), typed() + "Transfer-Encoding: chunked\r\n", body + "0\r\nX-Sum: 1\r\n\r\n"), name);
  }
}

TEST_F(WireContract, AClientThatExpectsToBeToldGoesOnAfterwards) {
  const std::string form = form_of({config("t"), file()});
  auto socket = RawSocket::connect_to(service_.service().port());
  socket.send(head("POST", path(), typed() + length_of(form) + "Expect: 100-continue\r\n"));
  EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send(form);
  EXPECT_THAT(socket.read_message(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(WireContract, AClientThatIsRefusedIsNotToldToGoOn) {
  auto socket = RawSocket::connect_to(service_.service().port());
  const std::string target = path() + "?CONFIG=nothing";
  socket.send(head("POST", target, typed() + "Content-Length: 90000000\r\nExpect: 100-continue\r\n"));
  EXPECT_THAT(socket.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
}

TEST_F(WireContract, AClientThatDoesNotWaitForTheContinueIsServedToo) {
  const std::string form = form_of({config("t"), file()});
  auto socket = RawSocket::connect_to(service_.service().port());
  socket.send(head("POST", path(), typed() + length_of(form) + "Expect: 100-continue\r\n") + form);
  EXPECT_THAT(socket.read_until("\"jobId\""), HasSubstr("HTTP/1.1 200 OK\r\n"));
}

TEST_F(WireContract, HeaderNamesComeInAnyCase) {
  const std::string form = form_of({config("t"), file()});
  const Headers known = service_.headers();
  const std::string request = "POST " + path() + " HTTP/1.1\r\nhOST: x\r\nAUTHORIZATION: " + known.at(0).second +
                              "\r\nzanalytics-orgid: " + known.at(1).second + "\r\ncontent-TYPE: " + form_type() +
                              "\r\nCONTENT-length: " + std::to_string(form.size()) + "\r\n\r\n";
  expect_table(service_.send_raw(request + form), "t");
}

TEST_F(WireContract, PathsMayEndInABareQuestionMark) {
  for (const std::string target : {"/restapi/v2/orgs?", "/restapi/v2/workspaces?", "/restapi/v2/workspaces/owned?"}) {
    EXPECT_EQ(service_.get(target).status, 200) << target;
  }
  const std::string job = service_.accepted_table("t", rows);
  const std::string workspace = service_.workspace_id();
  EXPECT_EQ(service_.get("/restapi/v2/bulk/workspaces/" + workspace + "/importjobs/" + job + "?").status, 200);
  EXPECT_EQ(service_.get("/restapi/v2/workspaces/" + workspace + "/views?").status, 200);
  expect_table(service_.create(path() + "?", {config("u"), file()}), "u");
}

TEST_F(WireContract, BooleansAndNumbersComeAsText) {
  const Json text{{"autoIdentify", "false"}, {"delimiter", "2"}, {"quoted", "2"}, {"skipTop", "1"}};
  made("t", "top\na;b\n1;2\n", text);
  EXPECT_EQ(table("t"), (Rows{{"a", "b"}, {"1", "2"}}));
  const std::string view = made("u", "a\n1\n", {{"autoIdentify", "TRUE"}});
  EXPECT_EQ(loaded(view, existing("Append", {{"matchNulls", "False"}}), "a\n2\n").at("importErrors"), "");
}

TEST_F(WireContract, ATokenIsGivenForParametersInTheQueryWithLengthZero) {
  expect_token(service_.send_raw("POST /oauth/v2/token?" + token_parameters() +
                                 " HTTP/1.1\r\nHost: accounts\r\nContent-Length: 0\r\n\r\n"));
}

TEST_F(WireContract, ATokenIsGivenForParametersInTheQueryWithNoLengthAndNoType) {
  expect_token(service_.send_raw("POST /oauth/v2/token?" + token_parameters() + " HTTP/1.1\r\nHost: accounts\r\n\r\n"));
}

TEST_F(WireContract, ATokenIsGivenForParametersInAFormBodyAtTheOnPremisePathToo) {
  for (const std::string target : {"/oauth/v2/token", "/iam/oauth/v2/token"}) {
    const std::string body = token_parameters();
    expect_token(service_.send_raw("POST " + target + " HTTP/1.1\r\nHost: accounts\r\n" + length_of(body) +
                                   "Content-Type: application/x-www-form-urlencoded\r\n\r\n" + body));
  }
}

TEST_F(WireContract, ATokenIsRefusedWithStatus200AndAWord) {
  const auto answer = service_.send_raw(
      "POST /oauth/v2/token?grant_type=refresh_token&client_id=x&client_secret=y&refresh_token=z HTTP/1.1\r\n"
      "Host: accounts\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.json().contains("error")) << answer.body;
}

TEST_F(WireContract, OrganizationsAndWorkspacesNeedNoOrganizationHeader) {
  const Headers token{service_.headers().front()};
  for (const char* target : {"/restapi/v2/orgs", "/restapi/v2/workspaces", "/restapi/v2/workspaces/shared",
                             "/restapi/v2/metadetails?CONFIG=%7B%22workspaceName%22%3A%22Main%22%7D"}) {
    EXPECT_EQ(service_.send(http::Verb::get, target, token).status, 200) << target;
  }
}

TEST_F(WireContract, AClientThatSendsItsFileAgainEmptyAfterARefreshHears7203) {
  const auto answer = service_.create(service_.create_target(new_table("t")), {{"FILE", "", "data.csv", "text/csv"}});
  EXPECT_EQ(answer.error_code(), 7203);
  EXPECT_TRUE(answer.json().at("data").at("errorCode").is_number());
}

TEST_F(WireContract, EveryReadIsAsTheSchemasSay) {
  const std::string view = made("t", "a,b\n1,2026-03-01\n");
  const std::string workspace = "/restapi/v2/workspaces/" + service_.workspace_id();
  const std::string names = http::percent_encode(R"({"workspaceName":"Main","viewName":"t"})");
  for (const std::string& target :
       {std::string("/restapi/v2/orgs"), std::string("/restapi/v2/workspaces"),
        std::string("/restapi/v2/workspaces/owned"), std::string("/restapi/v2/workspaces/shared"), workspace,
        workspace + "/views", workspace + "/views/" + view + "/metadata",
        workspace + "/views/" + view + "/importdetails", "/restapi/v2/metadetails?CONFIG=" + names}) {
    EXPECT_EQ(service_.get(target).status, 200) << target;
  }
  EXPECT_EQ(failed(view, existing("append"), "a\nx\n"), 7232);
  EXPECT_EQ(service_.get(workspace + "/views/" + view + "/importdetails").status, 200);
  EXPECT_EQ(service_.get("/restapi/v2/bulk/workspaces/" + service_.workspace_id() + "/importjobs/1")
                .json()
                .at("data")
                .at("jobCode"),
            "1005");
  EXPECT_EQ(service_.get("/restapi/v2/nothing").status, 404);
  EXPECT_EQ(service_.send(http::Verb::post, "/restapi/v2/orgs", service_.headers()).status, 405);
}

}  // namespace
}  // namespace dropload::test
