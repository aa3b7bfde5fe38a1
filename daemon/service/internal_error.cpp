#include "daemon/service/internal_error.h"

#include <spdlog/spdlog.h>

#include "common/zoho/own_disk.h"

namespace dropload::service {

zoho::Refusal internal_error(const Error& failure) {
  spdlog::error("import service: {}", failure.message);
  if (zoho::is_of_own_disk(failure)) return zoho::refuse(7005, zoho::own_disk_message(failure));
  return zoho::refuse(7005, "Sorry, an unexpected error occurred: " + failure.message);
}

}  // namespace dropload::service
