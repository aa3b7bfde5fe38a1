#include "common/base/text.h"
#include "daemon/api/endpoints.h"
#include "daemon/api/events.h"

namespace dropload::api {
namespace {

// Of an EventSource that comes back. One that is no number is another server's: then it begins anew.
std::optional<queue::EventId> last_event_of(const Call& call) {
  const auto header = call.request.headers["Last-Event-ID"];
  const auto id = parse_number(std::string_view(header.data(), header.size()), "Last-Event-ID");
  return id ? std::optional(*id) : std::nullopt;
}

}  // namespace

Answer follow_events(Call call) {
  if (auto known = expect_parameters(call.query, {"route", "organization"}); !known) co_return known.error();
  if (call.parts.events == nullptr) co_return error(Errc::unavailable, "events cannot be followed here");
  Events::Filter filter{call.query.find("route"), call.query.find("organization")};
  auto stream = co_await call.parts.events->listen(std::move(filter), last_event_of(call));
  if (!stream) co_return stream.error();
  http::Response response;
  response.content_type = "text/event-stream";
  response.headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};  // proxies are not to hold it back
  response.stream = std::move(*stream);
  co_return response;
}

}  // namespace dropload::api
