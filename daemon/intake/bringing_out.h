#pragma once

// A small body has no entry in the spool (queue/bodies.h): this makes one, so that its original can be put away like
// any other.

#include "daemon/queue/spool.h"
#include "daemon/queue/store_thread.h"

namespace dropload::intake {

// Makes spool/<id>/data of a body that the queue holds, durably. Does nothing when there is none, when it was made
// before, or when it has gone to where the sidecar says; so it may be repeated after a crash. Blocks; pool. Errors:
// those of Files and of the store.
Result<void> bring_out_body(queue::StoreThread& store, queue::Spool& spool, Files& files, queue::SubmissionId id);

}  // namespace dropload::intake
