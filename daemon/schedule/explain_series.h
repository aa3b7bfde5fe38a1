#pragma once

// Why a file that travels as a series of batches stands still between two of them. Pure.

#include <string>

#include "daemon/schedule/explain.h"

namespace dropload::schedule {

// Of one that is being imported, by its latest job: as explain() of the job, but when its next batch waits, for what.
std::string explain_import(const queue::Job& job, const Look& look);

}  // namespace dropload::schedule
