#pragma once

// The REST API: a handler for http::Server. On the server's io thread; all of Parts outlives the Api.
//
//   POST /v1/submissions?route=R&filename=F          the file as body, streamed → 201, Location, the submission;
//                                                    answered once it is durable
//   GET  /v1/submissions?state=S,S&route=&organization=&table=&since=&until=&text=&before=ID&limit=N
//                                                    a page, newest first (list_filter.h)
//   PUT  /v1/routes/{name}/files/{file}              the same with the names in the path, for `curl -T`
//   GET  /v1/submissions/{id}                        one, with its jobs, its timeline and why it waits
//   GET  /v1/submissions/{id}/original               its bytes while they are kept; gone, with where they went
//   GET  /v1/submissions/{id}/summary                the service's job details, as they were, of the newest job that
//   has
//                                                    any; else not_found
//   GET  /v1/submissions/{id}/errors                 what the service says of single rows, one a line; else not_found
//   GET  /v1/overview                                how all stands: the states, the last day, what is wrong
//   GET  /v1/throughput?hours=24                     what ended in each quarter of an hour (1-168 hours), and how long
//                                                    it took
//   GET  /v1/events?route=R&organization=O           what happens, as it happens (events.h)
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
//   GET  /readyz                                     {"ready": true, "reasons": []}; 503 with the reasons while no file
//                                                    can be accepted
//   GET  /openapi.json                               all of this as an OpenAPI 3.1 document
//   GET  /problems/{code}                            what a problem's type means
//
// Shapes: json_types.h. Errors: problem.h. Who may call: guard.h.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/http/router.h"
#include "common/http/server.h"
#include "daemon/api/guard.h"
#include "daemon/intake/expecting.h"
#include "daemon/intake/intake.h"
#include "daemon/intake/standing.h"
#include "daemon/queue/route.h"
#include "daemon/queue/spool.h"
#include "daemon/queue/store_thread.h"
#include "daemon/schedule/scheduler.h"

namespace dropload::api {

class Events;

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
  Time started_at{};
  std::function<bool()> is_stopping{};
  Events* events = nullptr;                  // null: nobody can follow them
  const queue::Spool* spool = nullptr;       // with the originals of what has not ended
  boost::asio::thread_pool* pool = nullptr;  // where originals are read
};

// The paths and methods that are answered; daemon/api/openapi.json says what each takes and gives.
const std::vector<http::RoutePattern>& api_patterns();

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
