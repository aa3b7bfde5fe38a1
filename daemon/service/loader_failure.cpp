#include "daemon/service/loader_failure.h"

#include "common/zoho/answers.h"

namespace dropload::service {

LoadFailure failure_of_reader(const Error& error) {
  if (error.code != Errc::invalid_argument && error.code != Errc::too_large) return error;
  return {7248, "The file cannot be read as CSV: " + zoho::escape_html(error.message) + "."};
}

}  // namespace dropload::service
