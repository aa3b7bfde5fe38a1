#pragma once

// callbackUrl (import-api.md, section 6): looked at when a job is made, and told of the job's end once.

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/ip/address.hpp>

#include "common/http/client.h"
#include "common/http/task_group.h"
#include "common/zoho/codes.h"
#include "daemon/service/jobs.h"

namespace dropload::service {

struct CallbackUrl {
  http::Origin origin;
  std::string target;  // path and query
};
// An http or https URL with a host, without user and password. Nothing for anything else. Pure.
std::optional<CallbackUrl> parse_callback_url(const std::string& url);

// Loopback, private, link-local, shared, multicast and reserved ranges (RFC 6890), in IPv4, IPv6 and the one inside the
// other. Pure.
bool is_private_address(const http::asio::ip::address& address);

// 8125 no such URL · 8127 it leads to a private address, and `private_allowed` is false · 8126 nobody can be connected
// to there within 5 seconds.
http::Awaitable<std::optional<zoho::Refusal>> objection_to_callback(std::string url, bool private_allowed);

// Sends the callbacks of ended jobs: POST with the bare data object of the job details, once, whatever comes of it.
// Each is taken out of service.db before it is sent, so that none goes out twice, through crashes too; one that was
// taken and not sent by then is lost, as callbacks may be. Each is a task of its own with deadlines, so no job waits
// for one.
//
// The io thread's.
class Callbacks {
 public:
  Callbacks(http::asio::io_context& context, Jobs& jobs, bool private_allowed);

  // Sends what is due. Failures to read service.db are logged and left for the next call.
  void send_due();
  // Ends what is being sent.
  http::Awaitable<void> stop();

 private:
  http::Awaitable<void> send(Callback callback);

  http::asio::io_context& context_;
  Jobs& jobs_;
  bool private_allowed_;
  http::TaskGroup tasks_;
};

}  // namespace dropload::service
