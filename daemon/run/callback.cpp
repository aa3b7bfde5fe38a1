#include "daemon/run/callback.h"

#include <spdlog/spdlog.h>

#include "common/base/digest.h"
#include "daemon/queue/callbacks.h"
#include "daemon/schedule/sentences.h"

namespace dropload::run {

Callback new_callback(Context& context, const Organization& organization) {
  if (organization.callback_url.empty() || context.clock.now() < organization.no_callbacks_until) return {};
  const auto secret = context.random.hex(queue::callback_secret_bytes);
  return {fmt::format("{}{}{}", organization.callback_url, queue::callback_path, secret), sha256_hex(secret)};
}

void stop_callbacks(Context& context, const std::string& organization, const schedule::RefusedCall& call) {
  auto& until = context.organizations.at(organization).no_callbacks_until;
  until = context.clock.now() + context.settings.outcome.pause_probe;
  spdlog::warn(
      "organization {}: the service cannot use its callback_url. {} Look whether the proxy there can be reached from "
      "the service. Until {} jobs ask for no callback and are polled only",
      organization, schedule::refused_sentence(call), to_rfc3339(until));
}

}  // namespace dropload::run
