#pragma once

// Who may talk to the REST API. It listens on the loopback and asks for no password, so what must be kept out are other
// web sites in the browser of somebody on this machine:
//
//   - DNS rebinding: a foreign name that resolves to 127.0.0.1 makes the browser believe that the daemon belongs to
//   that site. The Host
//     header still has the foreign name: only localhost, 127.0.0.1, [::1] (any port) and configured names are answered.
//   - cross-site requests: forms and scripts of other sites. Browsers say so in Sec-Fetch-Site (Fetch Metadata) and
//   Origin. Requests from other
//     sites are refused; those of the same site but another origin (another port) may look, but change nothing.
//
// Callbacks of the service come through a proxy of another name, from programs: their path, and no other, is answered
// under that name too.
//
// Programs send neither of the two headers. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/message.h"
#include "daemon/api/problem.h"

namespace dropload::api {

class Guard {
 public:
  // `names`: hosts beside localhost, 127.0.0.1 and [::1]; in any case, a port is ignored. `callback_names`: those under
  // which callbacks alone are answered.
  explicit Guard(const std::vector<std::string>& names, const std::vector<std::string>& callback_names = {});

  // Nothing when the request may pass. Otherwise invalid_argument (not exactly one Host), foreign_host or cross_site,
  // and what to do.
  [[nodiscard]] std::optional<Problem> refuse(http::Verb verb, const http::Fields& headers,
                                              bool is_callback = false) const;

 private:
  [[nodiscard]] bool is_allowed(std::string_view authority) const;
  [[nodiscard]] std::optional<Problem> refuse_host(const http::Fields& headers, bool is_callback) const;
  [[nodiscard]] std::optional<Problem> refuse_site(http::Verb verb, const http::Fields& headers) const;

  std::vector<std::string> names_;           // lower case, without port
  std::vector<std::string> callback_names_;  // likewise
};

}  // namespace dropload::api
