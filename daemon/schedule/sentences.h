#pragma once

// What people read about an outcome: one sentence what happened, one what to do. Pure.

#include <string>

#include "common/zoho/answers.h"
#include "daemon/schedule/outcome.h"

namespace dropload::schedule {

// "the service refused it: <message> (code 7107)". HTML in messages becomes plain text.
std::string refused_sentence(const RefusedCall& call);

// Of a failed job: the service's message with the lines that it names, and that nothing was written where that is
// known.
std::string failed_sentence(const zoho::JobDetails& details);

// What is odd about a success: rows rejected, fields emptied. "" when every row landed as it was.
std::string odd_success_sentence(const zoho::ImportSummary& summary, const std::string& import_errors);

// For a person who has to decide about an append that may have landed.
std::string advice_for_unknown();

}  // namespace dropload::schedule
