#pragma once

// What verdicts want to know of a job, of each submission that it carries in order of arrival, read from the store:
// firmly, since an answer of the service waits for it. Notes that the job's call has come back.

#include "daemon/run/context.h"

namespace dropload::run {

http::Awaitable<Result<std::vector<schedule::JobContext>>> job_context(Context& context, queue::Job job);

// Only the last of these: a batch is answered without anything more being asked of its job.
http::Awaitable<void> note_call_returned(Context& context, queue::JobId job);

}  // namespace dropload::run
