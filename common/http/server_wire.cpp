#include "common/http/server_wire.h"

#include <fmt/format.h>
#include <boost/beast/core/string.hpp>
#include <nlohmann/json.hpp>

namespace dropload::http {

std::optional<Target> parse_target(std::string_view target) {
  Target parsed;
  const auto scheme_end = target.find("://");
  const auto scheme = target.substr(0, scheme_end == std::string_view::npos ? 0 : scheme_end);
  if (boost::beast::iequals(scheme, "http") || boost::beast::iequals(scheme, "https")) {
    target.remove_prefix(scheme_end + 3);
    const auto authority = target.substr(0, target.find_first_of("/?"));
    if (authority.empty()) return std::nullopt;
    parsed.authority = std::string(authority);
    target.remove_prefix(authority.size());
  } else if (!target.starts_with('/') && target != "*") {
    return std::nullopt;
  }
  const auto question = target.find('?');
  parsed.path = target.substr(0, question);
  if (parsed.path.empty()) parsed.path = "/";
  if (question != std::string_view::npos) parsed.query_text = target.substr(question + 1);
  return parsed;
}

bool has_body(Status status) {
  return static_cast<unsigned>(status) >= 200 && status != Status::no_content && status != Status::not_modified;
}

std::string answer_head(const Response& response, const AnswerForm& form) {
  const std::string_view reason = boost::beast::http::obsolete_reason(response.status);
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", static_cast<unsigned>(response.status), reason);
  append_header(head, "Server", form.server_name);
  if (has_body(response.status)) {
    append_header(head, "Content-Type", response.content_type);
    if (!response.stream) append_header(head, "Content-Length", fmt::to_string(response.body.size()));
    if (response.stream && form.version >= 11) append_header(head, "Transfer-Encoding", "chunked");
  }
  for (const auto& [name, value] : response.headers) append_header(head, name, value);
  if (!form.keep_alive) {
    append_header(head, "Connection", "close");
  } else if (form.version == 10) {
    append_header(head, "Connection", "keep-alive");
  }
  return head.append("\r\n");
}

Response problem(Status status, std::string_view detail, std::string_view advice) {
  const std::string_view title = boost::beast::http::obsolete_reason(status);
  const nlohmann::json document = {
      {"title", title}, {"status", static_cast<unsigned>(status)}, {"detail", detail}, {"advice", advice}};
  return Response{.status = status, .content_type = "application/problem+json", .body = document.dump()};
}

std::optional<Response> refusal_of(const Error& error) {
  switch (error.code) {
    case Errc::too_large:
      return problem(Status::request_header_fields_too_large, error.message, "Send fewer or shorter header lines.");
    case Errc::timed_out:
      return problem(Status::request_timeout, error.message, "Send it again over a faster connection.");
    case Errc::protocol:
      return problem(Status::bad_request, error.message, "Send it with an HTTP/1.1 client, such as curl.");
    default:
      return std::nullopt;
  }
}

}  // namespace dropload::http
