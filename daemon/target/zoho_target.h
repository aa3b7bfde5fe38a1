#pragma once

// The Target that speaks the asynchronous import API over HTTP: to the real service and to the embedded one alike.
//
// Names become ids through metadetails and are remembered; a workspace or table that is given as a number of 15 digits
// or more is an id already. A table that does not exist is made by its first import when the request says so, else the
// answer is 7104. An id that the service does not know any more is forgotten, so that the next call looks again.

#include <filesystem>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/base/random.h"
#include "common/http/client.h"
#include "daemon/target/target.h"

namespace dropload::target {

struct ZohoTargetSettings {
  std::string name;  // the organization's, for messages
  std::string organization_id;
  std::string api_url;    // https://analyticsapi.zoho.eu
  std::string token_url;  // https://accounts.zoho.eu/oauth/v2/token
  std::string client_id;
  std::string client_secret;
  std::string refresh_token;
  std::filesystem::path token_file;  // access token, kept over restarts at 0600
  http::ClientSettings client;       // deadlines and the CA file, for both URLs
};

// Errors: invalid_argument for a URL that is none or a CA file that cannot be read. Connects to nothing yet.
Result<std::unique_ptr<Target>> create_zoho_target(boost::asio::io_context& context, ZohoTargetSettings settings,
                                                   const Clock& clock, Random& random, Files& files);

}  // namespace dropload::target
