#include "daemon/api/problem.h"

#include <algorithm>
#include <array>

#include <boost/assert.hpp>

#include "common/base/json_depth.h"
#include "common/base/text.h"

namespace dropload::api {
namespace {

using http::Status;

constexpr std::array kinds{
    ProblemKind{"invalid_argument", Status::bad_request, "The request is not right",
                "Something in the request is missing or not understood. The detail says what.",
                "Correct what the detail names, and send it again."},
    ProblemKind{"not_found", Status::not_found, "There is no such thing",
                "The path, the submission, its original, the route or the organization does not exist.",
                "GET /v1/submissions lists the submissions, GET /v1/routes the routes, GET /v1/organizations the "
                "organizations."},
    ProblemKind{"gone", Status::gone, "It is not here any more",
                "The original of the submission was removed, deleted, moved or changed. The detail says what is known.",
                "Look where the detail says that it went, or into a backup."},
    ProblemKind{"method_not_allowed", Status::method_not_allowed, "Not with this method",
                "The path exists, but not for this method.", "Use one of those that the Allow header names."},
    ProblemKind{
        "foreign_host", Status::forbidden, "Not one of this daemon's names",
        "The Host header names another host. Web pages can reach a local daemon that way, so only known names are "
        "answered.",
        "Call it by localhost or its address, or add the name to allowed_hosts in the configuration."},
    ProblemKind{"cross_site", Status::forbidden, "Sent by another web site",
                "A browser says that a page of another site made this request. Such requests are never answered.",
                "Open the daemon's own address in the browser."},
    ProblemKind{"already_exists", Status::conflict, "It exists already",
                "The name or number is taken, and it was to be new.", "Use another one."},
    ProblemKind{"stale", Status::conflict, "It has changed meanwhile",
                "The submission, route or organization is not in a state in which this can be done.",
                "Look at it again with GET, and do what its state allows."},
    ProblemKind{"too_large", Status::payload_too_large, "Too large",
                "The file is over the limit of the route or of the daemon; both are set in the configuration.",
                "Cut it into smaller files, each with the header line, or raise max_size or max_body."},
    ProblemKind{"timed_out", Status::request_timeout, "It took too long", "No more of the request arrived in time.",
                "Send it again over a faster connection."},
    ProblemKind{"connection", Status::bad_request, "The request broke off",
                "The connection ended in the middle of the body. Nothing was accepted.", "Send it again."},
    ProblemKind{"protocol", Status::bad_request, "Not understood as HTTP", "The body is not sent as HTTP/1.1 asks for.",
                "Send it with an HTTP/1.1 client, such as curl."},
    ProblemKind{"no_space", Status::insufficient_storage, "There is no room",
                "The disk is full, or the spool has all that it may hold. Nothing was accepted.",
                "Make room in the state directory or raise max_spool, and send it again."},
    ProblemKind{"busy", Status::service_unavailable, "Busy", "Somebody else holds what is needed.",
                "Try again in a moment."},
    ProblemKind{"unavailable", Status::service_unavailable, "Not available now",
                "The daemon is stopping, or too much is waiting.", "Try again in a moment."},
    ProblemKind{"permission_denied", Status::internal_server_error, "The daemon may not do that",
                "The daemon was denied access to one of its own files.",
                "Check the owner and mode of the file that the detail names, and send it again."},
    ProblemKind{"cross_device", Status::internal_server_error, "A failure of the file system",
                "A file could not be moved.", "Look into the daemon's log, and send it again."},
    ProblemKind{"io", Status::internal_server_error, "A failure of the disk", "Reading or writing failed.",
                "Look into the system's log for the disk's trouble, and send it again."},
    ProblemKind{"corrupt", Status::internal_server_error, "The daemon's data is damaged",
                "What was read is not what was written.",
                "Stop the daemon, look into its log, and bring its state directory back from a backup."},
    ProblemKind{"internal", Status::internal_server_error, "A failure of the daemon itself",
                "Something happened that nobody foresaw.",
                "Look into the daemon's log; if it says nothing that helps, report it."},
};

}  // namespace

const ProblemKind* find_problem_kind(std::string_view code) {
  const auto* found =
      std::find_if(kinds.begin(), kinds.end(), [code](const ProblemKind& kind) { return kind.code == code; });
  return found == kinds.end() ? nullptr : found;
}

Problem problem(std::string_view code, std::string detail) {
  const ProblemKind* kind = find_problem_kind(code);
  BOOST_ASSERT(kind != nullptr);
  return {kind, std::move(detail)};
}

Problem problem_of(const Error& error) {
  return problem(to_string(error.code), error.message);
}

http::Response to_response(const Problem& problem) {
  Json document;
  document["type"] = fmt::format("/problems/{}", problem.kind->code);
  document["title"] = problem.kind->title;
  document["status"] = static_cast<int>(problem.kind->status);
  document["code"] = problem.kind->code;
  document["detail"] = readable(problem.detail);
  document["advice"] = problem.kind->advice;
  http::Response response;
  response.status = problem.kind->status;
  response.content_type = "application/problem+json";
  response.body = document.dump() + "\n";
  if (response.status == Status::service_unavailable) response.headers.emplace_back("Retry-After", "1");
  return response;
}

Json encode(const ProblemKind& kind) {
  Json document;
  document["code"] = kind.code;
  document["status"] = static_cast<int>(kind.status);
  document["title"] = kind.title;
  document["meaning"] = kind.meaning;
  document["advice"] = kind.advice;
  return document;
}

ReadProblem read_problem(http::Status status, std::string_view body) {
  const Json document = nests_deeper_than(body) ? Json() : Json::parse(body, nullptr, false);
  if (document.is_object()) {
    const auto code = document.find("code");
    const auto detail = document.find("detail");
    if (code != document.end() && code->is_string() && detail != document.end() && detail->is_string()) {
      const auto advice = document.find("advice");
      return {code->get<std::string>(), readable(detail->get<std::string>()),
              advice != document.end() && advice->is_string() ? readable(advice->get<std::string>()) : ""};
    }
  }
  return {"",
          fmt::format("the answer has status {} and is not dropload's; is another program listening there?",
                      static_cast<int>(status)),
          ""};
}

}  // namespace dropload::api
