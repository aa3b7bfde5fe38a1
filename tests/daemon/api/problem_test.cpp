#include "daemon/api/problem.h"

#include <gtest/gtest.h>

namespace dropload::api {
namespace {

TEST(Problem, EveryErrorCodeHasAKind) {
  for (int code = static_cast<int>(Errc::invalid_argument); code <= static_cast<int>(Errc::internal); ++code) {
    const auto word = to_string(static_cast<Errc>(code));
    const ProblemKind* kind = find_problem_kind(word);
    ASSERT_NE(kind, nullptr) << word;
    EXPECT_GE(static_cast<int>(kind->status), 400) << word;
    EXPECT_FALSE(kind->title.empty() || kind->meaning.empty() || kind->advice.empty()) << word;
    const auto response = to_response(problem_of(Error{static_cast<Errc>(code), "x"}));
    EXPECT_EQ(read_problem(response.status, response.body).advice, kind->advice) << "the document says what to do";
  }
}

TEST(Problem, TheCallersMistakesAreFourHundredsAndOursAreFiveHundreds) {
  const auto status = [](Errc code) { return static_cast<int>(problem_of(Error{code, "x"}).kind->status); };
  EXPECT_EQ(status(Errc::invalid_argument), 400);
  EXPECT_EQ(status(Errc::not_found), 404);
  EXPECT_EQ(status(Errc::stale), 409);
  EXPECT_EQ(status(Errc::too_large), 413);
  EXPECT_EQ(status(Errc::no_space), 507);
  EXPECT_EQ(status(Errc::unavailable), 503);
  EXPECT_EQ(status(Errc::permission_denied), 500) << "it is the daemon that was denied, not the caller";
  EXPECT_EQ(status(Errc::internal), 500);
}

TEST(Problem, TheDocumentIsAsRfc9457HasIt) {
  const auto response = to_response(problem_of(error(Errc::stale, "submission 41 is done")));
  EXPECT_EQ(response.status, http::Status::conflict);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(
      response.body,
      R"({"type":"/problems/stale","title":"It has changed meanwhile","status":409,"code":"stale","detail":"submission 41 is done","advice":"Look at it again with GET, and do what its state allows."})"
      "\n");
}

TEST(Problem, WhoeverIsTurnedAwayForNowIsToldWhenToComeBack) {
  const auto response = to_response(problem_of(error(Errc::unavailable, "stopping")));
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0], (std::pair<std::string, std::string>{"Retry-After", "1"}));
}

TEST(Problem, ADetailWithForeignBytesIsStillJson) {
  const auto response = to_response(problem_of(error(Errc::invalid_argument, "no route '\xff\"'")));
  EXPECT_EQ(read_problem(response.status, response.body).detail, "no route '\\xff\"'");
}

TEST(Problem, AClientReadsBackCodeAndSentence) {
  const auto response = to_response(problem("foreign_host", "use localhost"));
  const auto read = read_problem(response.status, response.body);
  EXPECT_EQ(read.code, "foreign_host");
  EXPECT_EQ(read.detail, "use localhost");
}

TEST(Problem, AnAnswerThatIsNoProblemDocumentIsSaidToBeSomebodyElses) {
  for (const char* body : {"", "<html>Bad gateway</html>", "[]", R"({"detail": 3})", R"({"code": "stale"})"}) {
    const auto read = read_problem(http::Status::bad_gateway, body);
    EXPECT_EQ(read.code, "");
    EXPECT_EQ(read.detail, "the answer has status 502 and is not dropload's; is another program listening there?");
  }
}

}  // namespace
}  // namespace dropload::api
