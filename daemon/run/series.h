#pragma once

// A file that travels as a series of batches: one action a batch. Between two of them the job waits in the store, so a
// stop, a pause or a full budget needs nothing here.

#include <string>

#include "daemon/run/context.h"

namespace dropload::run {

// Is a file of this size sent in batches?
bool travels_in_batches(const queue::Route& route, std::uint64_t size);

// What verdicts want to know of the job's series.
schedule::SeriesContext series_of(const Context& context, const queue::Job& job, const queue::Submission& submission);

// The job is `uploading` and the batch is charged: the first one, or that at its batch_offset. The first time, the
// whole file is looked through: what cannot be cut fails before any of it is sent. `callback_url` as for upload, of the
// first one.
http::Awaitable<void> upload_batch(Context& context, queue::Job job, queue::Submission submission, UniqueFd file,
                                   std::string callback_url = "");

// The job is `lost` and the batch is charged: an empty one, that ends the job at the service.
http::Awaitable<void> close_series(Context& context, queue::Job job, queue::Submission submission, UniqueFd file);

// An uploading job whose next batch cannot be made: the submission is held.
http::Awaitable<Result<void>> give_up_series(Context& context, queue::Job job, queue::Submission submission,
                                             std::string reason, std::string advice);

// A batch that a crash or a stop interrupted. See settle_interrupted.
http::Awaitable<Result<void>> settle_batch(Context& context, queue::Job job, queue::Submission submission,
                                           schedule::JobContext known, std::string what_happened);

}  // namespace dropload::run
