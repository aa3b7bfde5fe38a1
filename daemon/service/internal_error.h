#pragma once

#include "common/base/result.h"
#include "common/zoho/codes.h"

namespace dropload::service {

// Something of ours failed: 7005, and a line in the log. When it is the disk, the message says so (zoho/own_disk.h).
zoho::Refusal internal_error(const Error& failure);

}  // namespace dropload::service
