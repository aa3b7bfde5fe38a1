#pragma once

// The server's side of the wire as text: targets of requests, heads of answers, the server's own refusals. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "common/http/server.h"

namespace dropload::http {

struct Target {
  std::string path;
  std::string query_text;  // without the '?'
  std::optional<std::string>
      authority;  // of an absolute-form target; it stands for the Host header then (RFC 9112, 3.2.2)
};

// origin-form, absolute-form, and "*". Nothing for the authority-form of CONNECT and for anything else.
std::optional<Target> parse_target(std::string_view target);

struct AnswerForm {
  std::string_view server_name;
  unsigned version = 11;  // of the request
  bool keep_alive = true;
};

// Everything up to and with the empty line. The length is that of the body, also for HEAD; answers that have no body
// (1xx, 204, 304) get no length. A stream has none: it is chunked, or to HTTP/1.0 ends with the connection.
std::string answer_head(const Response& response, const AnswerForm& form);
bool has_body(Status status);

// A problem document (RFC 9457). `detail` is plain text.
Response problem(Status status, std::string_view detail, std::string_view advice);

// The answer to a request whose header could not be read: too_large 431, timed_out 408, protocol 400. Nothing for any
// other error: there is nobody to answer.
std::optional<Response> refusal_of(const Error& error);

}  // namespace dropload::http
