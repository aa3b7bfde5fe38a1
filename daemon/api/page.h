#pragma once

// The status page: files of daemon/api/page, compiled into the binary (embed.cmake), answered at / and /page/{name}.
// The description of the API (daemon/api/openapi.json) comes with them, and is answered at /openapi.json.
//
// Nothing from elsewhere is loaded, and the browser is told to load nothing else (Content-Security-Policy: scripts,
// styles, images and calls of this origin only). Each file has an ETag of its bytes and is asked for again each time,
// so an upgrade never mixes two versions of the page. Pure.

#include <span>
#include <string>
#include <string_view>

#include "common/http/server.h"

namespace dropload::api {

struct PageFile {
  std::string_view name;  // "index.html"
  std::string_view bytes;
};

// All of them, by name. Made when the daemon is built.
std::span<const PageFile> page_files();

// 200 with the file, 304 when `if_none_match` has its ETag, 404 as a problem when there is none of that name.
http::Response page_response(std::string_view name, std::string_view if_none_match);

}  // namespace dropload::api
