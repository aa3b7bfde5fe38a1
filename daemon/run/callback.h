#pragma once

// The service is asked to call back when a job has ended, where the organization has an address for that.

#include <string>

#include "daemon/run/context.h"

namespace dropload::run {

// Of one job. The secret is in the URL alone, which goes to the service and nowhere else; the hash is to be stored.
struct Callback {
  std::string url;     // "": none
  std::string sha256;  // likewise
};
// A fresh one, unless the organization has no callback_url, or the service has refused a job for its sake lately.
Callback new_callback(Context& context, const Organization& organization);

// It has just done so: for `pause_probe` no callback is asked for.
void stop_callbacks(Context& context, const std::string& organization, const schedule::RefusedCall& call);

}  // namespace dropload::run
