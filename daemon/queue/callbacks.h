#pragma once

// Callbacks of the service: it says that a job has ended. Anybody may say so who has the job's secret, so it is a hint
// and nothing more: what the job comes to is asked of the service, as ever, only sooner, and within the request budget.
//
// For a job at most most_callbacks are heeded. The first makes it due at once, each further one not before
// callback_spacing has passed since the service was last asked. One that comes before the last one was followed is
// dropped. One that comes while a call for the job is under way counts when that has come back: the answer may be older
// than the callback.
//
// Each function is one transaction, with the errors of Store (store.h).

#include <optional>
#include <string>

#include "daemon/queue/store.h"

namespace dropload::queue {

// Behind an organization's callback_url and before the secret; this path of the REST API is the one it calls.
inline constexpr std::string_view callback_path = "/v1/callbacks/";
inline constexpr std::size_t callback_secret_bytes = 32;  // twice as many hex digits

inline constexpr Milliseconds callback_spacing{10'000};  // the pace at which the API asks to be polled
inline constexpr int most_callbacks = 5;                 // the service makes one

// The secret itself is kept nowhere: who calls back shows it. stale when the job is not uploading; already_exists for
// one that another job has.
Result<void> expect_callback(Store& store, JobId id, const std::string& sha256);

struct CallbackNoted {
  JobId job = 0;
  SubmissionId submission = 0;  // the first that the job carries
  // The job is asked for sooner than it would have been; else it has ended, or the callback was one too many.
  bool is_heeded = false;
};
// Nothing when no job has this secret. Of a lost job that is looked for the next look comes sooner.
Result<std::optional<CallbackNoted>> callback_came(Store& store, const std::string& sha256, Time now);

// --- within the transactions of the room

// The next poll or look, which has just been set, comes sooner when a hint is to be followed.
void heed_callback(db::Database& database, JobId id);

}  // namespace dropload::queue
