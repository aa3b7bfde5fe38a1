#pragma once

// The REST API: a handler for http::Server. On the server's io thread; all of Parts outlives the Api.
//
//   POST /v1/submissions?route=R&filename=F          the file as body, streamed → 201, Location, the submission;
//                                                    answered once it is durable
//   GET  /v1/submissions?state=S,S&route=&organization=&table=&since=&until=&text=&before=ID&limit=N
//                                                    a page, newest first (list_filter.h)
//   GET  /v1/submissions/{id}                        one, with its jobs, its timeline and why it waits
//   POST /v1/submissions/{id}/release, …/resume      a person ends a hold: import it
//   POST /v1/submissions/{id}/discard, …/cancel      a held or queued one is not to be imported; of one that is being
//                                                    imported stale: the service cannot cancel a job
//   POST /v1/submissions/{id}/pause?reason=…         a queued one is held until a person resumes it
//   POST /v1/submissions/{id}/retry                  of a failed, cancelled or superseded one → 201, Location, the new
//                                                    submission made of its original (see Intake::retry)
//   POST /v1/submissions/{id}/priority?priority=N    -100 to 100, of one that is queued or held
//   GET  /v1/organizations                           {"organizations": [organization]}
//   POST /v1/organizations/{name}/pause?reason=…     → the organization; nothing is started until it is resumed
//   POST /v1/organizations/{name}/resume             lifts any pause, the service's too; stale when there is none
//   GET  /v1/routes                                  {"routes": [route]}
//   GET  /v1/routes/{name}/ignored                   what in its drop directory is left alone, and by which rule
//   POST /v1/routes/{name}/pause?reason=…, …/resume  likewise → the route
//   POST /v1/callbacks/{secret}                      of the service, through a proxy: the job of this secret has ended
//   →
//                                                    204, and the job is polled, if it has not ended yet; what is in
//                                                    the body is neither believed nor read. not_found for another
//                                                    secret. Also under the proxy's name. No log has the secret.
//   GET  /healthz                                    {"status": "ok", "version": "0.1.0"}; a problem when the queue
//                                                    cannot be read
//   GET  /problems/{code}                            what a problem's type means
//
// Shapes: json_types.h. Errors: problem.h. Who may call: guard.h.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/http/server.h"
#include "daemon/api/guard.h"
#include "daemon/intake/expecting.h"
#include "daemon/intake/intake.h"
#include "daemon/intake/standing.h"
#include "daemon/queue/route.h"
#include "daemon/queue/store_thread.h"
#include "daemon/schedule/scheduler.h"

namespace dropload::api {

struct Parts {
  queue::StoreThread& store;
  intake::Intake& intake;
  const std::map<std::string, queue::Route>& routes;  // by name
  const Clock& clock;
  std::uint64_t max_body_bytes;  // of any file over REST; a route may have a lower limit
  std::vector<std::string> allowed_hosts;
  std::function<void()> wake;  // the runner has something new to do
  std::vector<queue::OrganizationLimits> limits{};
  // What the runner decides with now; one for each of `limits`.
  std::function<std::map<std::string, schedule::OrganizationSettings>()> scheduling{};
  std::function<void(const std::string&)> resumed{};  // a person has lifted the organization's pause
  std::vector<std::string> callback_hosts{};          // names of proxies that pass on callbacks
  const intake::Standings* standings = nullptr;       // of the drop directories; null when none is watched
  const intake::Expecting* expecting = nullptr;       // which files should come; null when nobody looks
};

class Api {
 public:
  explicit Api(Parts parts);

  // Answers every request, refused ones and failures too. What an endpoint throws is the server's to catch.
  http::Awaitable<http::Response> handle(http::Request& request);

 private:
  Parts parts_;
  Guard guard_;
};

}  // namespace dropload::api
