#pragma once

// What the import service on its own tells whoever has started it. Pure.

#include <string>

#include "daemon/config_service_file.h"
#include "daemon/service/import_service.h"

namespace dropload {

// Where it listens, what there is, and the line of try_it(). No secret is in it.
std::string welcome(const ServiceFile& file, const service::ImportService& service);

// One line for a POSIX shell with curl: gets a token, imports two rows into a new table, asks until the job has ended.
// Any number of times. `credentials` is the form of the token request after the grant type.
std::string try_it(const std::string& url, const std::string& organization_id, const std::string& workspace_id,
                   const std::string& credentials);

}  // namespace dropload
