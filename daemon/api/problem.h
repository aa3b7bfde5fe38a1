#pragma once

// Errors as RFC 9457 problem documents (application/problem+json):
//
//   {"type": "/problems/stale", "title": "It has changed meanwhile", "status": 409, "code": "stale",
//    "detail": "submission 41 is done; only a held one can be released",
//    "advice": "Look at it again with GET, and do what its state allows."}
//
// `code` is for programs and is the last part of `type`; GET on the type answers what it means. `detail` is one or two
// sentences for people: what happened, and to what. `advice` is what to do about it, never empty; where more is known
// the detail says it already. Codes are the words of Errc, and those of the door
// (foreign_host, cross_site, method_not_allowed). Pure.

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/http/server.h"
#include "daemon/api/json_types.h"

namespace dropload::api {

// What is the same for all problems of a code.
struct ProblemKind {
  std::string_view code;
  http::Status status;
  std::string_view title;
  std::string_view meaning;  // for people who look the type up
  std::string_view advice;   // what to do
};

// nullptr for a code that is none.
const ProblemKind* find_problem_kind(std::string_view code);

struct Problem {
  const ProblemKind* kind;  // never null
  std::string detail;
};

// REQUIRES: `code` is in the table.
[[nodiscard]] Problem problem(std::string_view code, std::string detail);
[[nodiscard]] Problem problem_of(const Error& error);

// The answer; 503 comes with Retry-After.
[[nodiscard]] http::Response to_response(const Problem& problem);
// What GET on a problem's type answers: code, status, title, meaning and advice.
[[nodiscard]] Json encode(const ProblemKind& kind);

// The way back, for clients: the sentence of an answer that is not a success, and its code ("" when there is none). An
// answer that is no problem document (a proxy's page) becomes a sentence with its status.
struct ReadProblem {
  std::string code;
  std::string detail;
  std::string advice;  // "" when there is none
};
[[nodiscard]] ReadProblem read_problem(http::Status status, std::string_view body);

}  // namespace dropload::api
