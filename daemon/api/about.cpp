#include "common/base/text.h"
#include "daemon/api/endpoints.h"
#include "daemon/api/problem.h"

namespace dropload::api {

// Healthy means that the queue answers: the one row is read by the thread that every accept and every change goes
// through.
Answer show_health(Call call) {
  auto work = [](queue::Store& store) {
    queue::ListFilter one;
    one.limit = 1;
    return store.list(one);
  };
  const auto read = co_await call.parts.store.run(std::move(work));
  if (!read) co_return read.error();
  Json json;
  json["status"] = "ok";
  json["version"] = DROPLOAD_VERSION;
  co_return json_response(http::Status::ok, json);
}

Answer show_problem(Call call) {
  const std::string& code = call.captures.at("code");
  const ProblemKind* kind = find_problem_kind(code);
  if (kind == nullptr) co_return error(Errc::not_found, "there is no problem type '{}'", escaped(code));
  co_return json_response(http::Status::ok, encode(*kind));
}

}  // namespace dropload::api
