#pragma once

// One remote call and one store write each. The runner has committed the intent; an action does the rest and never
// throws but for cancellation after its state has been written.

#include "daemon/run/cargo.h"

namespace dropload::run {

// The job is `uploading` and committed. `submission` is the first that it carries: by its name and its route they
// travel. `callback_url` has the job's secret; "": none.
http::Awaitable<void> upload(Context& context, queue::Job job, queue::Submission submission, Cargo cargo,
                             std::string callback_url);

// The job is `running`, the poll is charged.
http::Awaitable<void> poll(Context& context, queue::Job job);

// The job is `lost` and looked for, the look is charged.
http::Awaitable<void> look_for(Context& context, queue::Job job);

// An uploading job that a crash, or a stop, interrupted. Fails with the store's error when it could not be settled: it
// is uploading still, for the next start to settle.
http::Awaitable<Result<void>> settle_interrupted(Context& context, queue::Job job, std::string what_happened);

// Puts an ended submission's original where it belongs.
http::Awaitable<void> retire(Context& context, queue::SubmissionId id);

}  // namespace dropload::run
