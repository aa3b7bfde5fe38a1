#include "daemon/api/page.h"

#include <algorithm>
#include <array>

#include "common/base/digest.h"
#include "common/base/text.h"
#include "daemon/api/endpoints.h"
#include "daemon/api/problem.h"

namespace dropload::api {
namespace {

constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'";

std::string_view content_type_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> types{
      {{".html", "text/html; charset=utf-8"},
       {".css", "text/css; charset=utf-8"},
       {".js", "text/javascript; charset=utf-8"},
       {".svg", "image/svg+xml"},
       {".json", "application/json"}}};
  for (const auto& [ending, type] : types)
    if (name.ends_with(ending)) return type;
  return "application/octet-stream";
}

void add_page_headers(http::Response& response, std::string_view etag) {
  response.headers = {{"ETag", std::string(etag)},
                      {"Cache-Control", "no-cache"},
                      {"Content-Security-Policy", std::string(page_policy)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cross-Origin-Opener-Policy", "same-origin"}};
}

Answer page_answer(const Call& call, std::string_view name) {
  const auto known = call.request.headers[boost::beast::http::field::if_none_match];
  co_return page_response(name, std::string_view(known.data(), known.size()));
}

}  // namespace

http::Response page_response(std::string_view name, std::string_view if_none_match) {
  const auto found = std::ranges::find(page_files(), name, &PageFile::name);
  if (found == page_files().end())
    return to_response(problem("not_found", fmt::format("the page has no file '{}'", escaped(std::string(name)))));
  const std::string etag = '"' + sha256_hex(found->bytes) + '"';
  http::Response response;
  add_page_headers(response, etag);
  response.content_type = content_type_of(name);
  if (if_none_match.find(etag) != std::string_view::npos) {
    response.status = http::Status::not_modified;
  } else {
    response.body = found->bytes;
  }
  return response;
}

Answer show_page(Call call) {
  co_return co_await page_answer(call, "index.html");
}

Answer show_openapi(Call call) {
  co_return co_await page_answer(call, "openapi.json");
}

Answer show_page_file(Call call) {
  const std::string name = call.captures.at("name");
  co_return co_await page_answer(call, name);
}

}  // namespace dropload::api
