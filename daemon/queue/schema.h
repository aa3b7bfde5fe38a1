#pragma once

// The queue's tables. States, what must be set in each of them, and the legal changes stand here as constraints and
// triggers; they are the same as in states.h, which a test compares.

#include <span>

#include "common/db/database.h"

namespace dropload::queue {

std::span<const db::Migration> migrations();

}  // namespace dropload::queue
