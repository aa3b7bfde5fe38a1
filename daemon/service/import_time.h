#pragma once

// The time of a table's last import as the importdetails call writes it: "dd MMMM, yyyy hh:mm:ss a z", in UTC. Pure.

#include <string>

#include "common/base/clock.h"

namespace dropload::service {

// "18 October, 2021 11:02:41 AM GMT".
std::string to_import_time(Time time);

}  // namespace dropload::service
