#include <algorithm>

#include <spdlog/spdlog.h>

#include "common/base/digest.h"
#include "daemon/api/endpoints.h"
#include "daemon/queue/callbacks.h"

// The service calls back: see queue/callbacks.h for what that does and what it does not.

namespace dropload::api {
namespace {

// What was never given out is not worth a look into the queue.
bool can_be_secret(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 2 * queue::callback_secret_bytes && std::ranges::all_of(text, is_digit);
}

Error no_such_callback() {
  return error(Errc::not_found, "no job is to be called back here");
}

}  // namespace

// The body stays unread: the server drops a small one behind the answer, and closes the connection on a large one. A
// secret is found by its hash, so how long that takes tells nothing about it.
Answer take_callback(Call call) {
  const auto& secret = call.captures.at("secret");
  if (!can_be_secret(secret)) co_return no_such_callback();
  auto work = [sha256 = sha256_hex(secret), now = call.parts.clock.now()](queue::Store& store) {
    return queue::callback_came(store, sha256, now);
  };
  const auto noted = co_await call.parts.store.run(std::move(work));
  if (!noted) co_return noted.error();
  if (!*noted) co_return no_such_callback();
  if ((*noted)->is_heeded) {
    spdlog::info("submission {}: a callback says that job {} has ended; the service is asked", (*noted)->submission,
                 (*noted)->job);
    call.parts.wake();
  }
  http::Response response;
  response.status = http::Status::no_content;
  co_return response;
}

}  // namespace dropload::api
