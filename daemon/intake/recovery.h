#pragma once

// What a crash left in the spool. See Intake::recover.

#include <string>
#include <vector>

#include "daemon/intake/taking.h"

namespace dropload::intake {

Result<std::vector<std::string>> recover_spool(const TakingParts& parts);

}  // namespace dropload::intake
