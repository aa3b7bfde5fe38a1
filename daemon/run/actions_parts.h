#pragma once

// What the actions share. Private to the room.

#include <cstdint>
#include <optional>
#include <span>

#include "daemon/run/apply.h"
#include "daemon/run/context.h"

namespace dropload::run {

Applied applied_to(const queue::Job& job);

// Of a whole file. REQUIRES: the submission's route is known.
target::SubmitRequest request_for(Context& context, const queue::Job& job, const queue::Submission& submission, int fd,
                                  std::uint64_t size);

// schedule::pause_for_stranger, and the organization remembers it.
std::optional<queue::Pause> pause_if_stranger(Organization& organization, const schedule::Moment& moment,
                                              const Error& why);

// Passes a verdict on a create call, and notes in `applied` what it needs beside.
schedule::Verdict create_verdict(Context& context, std::span<const schedule::JobContext> job, Applied& applied,
                                 const target::SubmitResult& result);

}  // namespace dropload::run
