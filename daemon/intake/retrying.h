#pragma once

// The original of a submission that ended without success, from where it was put away back through the door, as a new
// submission:
//
//   is it there, with the accepted bytes? -> complete sidecar -> rename into spool/<id>/data -> is it untouched? ->
//   sync
//   -> row, which says in the earlier one's row where the original went -> the reason file beside it is removed
//
// The sidecar is complete before anything moves, so whoever finds the bytes in the spool can finish it. From another
// file system they are copied and compared, and the original is removed when the row is committed: until then the copy
// is nothing. Blocks; pool.

#include "daemon/intake/taking.h"

namespace dropload::intake {

// Why it cannot be retried, whatever its original is like: stale (it is not failed, cancelled or superseded, or has
// been retried), busy (the original is still on its way), not_found (the original was deleted). Pure.
std::optional<Error> why_not_retried(const queue::Submission& submission);

// Why the route as it is now would put rows into the table a second time: stale (it appends, and rows of the submission
// are in, though it is not done). Pure.
std::optional<Error> why_not_appended_again(const queue::Submission& submission, const queue::Route& route);

// REQUIRES: !why_not_retried(earlier), nor why_not_appended_again. `left_behind` becomes the entry that could not be
// put back, if any. Errors: not_found (the original is not there any more), stale (it has other bytes than were
// accepted, somebody writes to it, or it was retried meanwhile), invalid_argument (the name has no table on this route,
// a link stands in the way), no_space, permission_denied, io: the original is where it was.
Result<queue::Submission> retry_file(const TakingParts& parts, const queue::Route& route,
                                     const queue::Submission& earlier, std::optional<queue::SubmissionId>& left_behind);

// What a crash left of a retry that has no row: enqueued when the original is in the spool, else nothing was moved and
// the entry is of no use. Nothing in the second case. Errors: stale (the bytes are not those that were accepted); the
// store's.
Result<std::optional<queue::Submission>> finish_retry(const TakingParts& parts, const queue::Sidecar& sidecar);

// Of a retry whose row is committed nothing is left where its original lay. Errors: those of Files and of reaching the
// directory.
Result<void> leave_failed_directory(queue::Spool& spool, Files& files, queue::Sidecar sidecar);

}  // namespace dropload::intake
