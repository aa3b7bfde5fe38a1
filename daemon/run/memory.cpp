#include "daemon/run/context.h"

namespace dropload::run {

schedule::RefusedCall call_of(const target::Refused& refused) {
  return {refused.refusal.http_status, refused.refusal.code,       refused.refusal.message,
          refused.retry_after,         refused.token_was_replaced, refused.about_tokens};
}

void remember_answer(schedule::OrganizationContext& memory) {
  memory.token_refused_before = false;
  memory.unreachable_in_a_row = 0;
}

void remember(schedule::OrganizationContext& memory, const target::Refused& refused, bool paused) {
  const auto failure = zoho::classify(refused.refusal.http_status, refused.refusal.code);
  memory.unreachable_in_a_row = 0;
  if (paused) memory.refused_for_all = true;
  if (failure != zoho::FailureClass::token) {
    memory.token_refused_before = false;
  } else if (!refused.token_was_replaced) {
    memory.token_refused_before = true;
  }
}

}  // namespace dropload::run
