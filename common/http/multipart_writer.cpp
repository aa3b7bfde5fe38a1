#include "common/http/multipart_writer.h"

#include <fmt/format.h>

namespace dropload::http {

namespace {

std::string plain_file_name(std::string_view file_name) {
  std::string plain(file_name);
  for (char& c : plain) {
    const bool keep =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (!keep) c = '_';
  }
  return plain;
}

}  // namespace

Multipart multipart_around_file(std::string_view boundary, std::string_view part_name, std::string_view file_name,
                                std::string_view content_type,
                                const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string before;
  for (const auto& [name, value] : fields) {
    before += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", boundary, name, value);
  }
  before +=
      fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
                  boundary, part_name, plain_file_name(file_name), content_type);
  return Multipart{.content_type = fmt::format("multipart/form-data; boundary={}", boundary),
                   .before = std::move(before),
                   .after = fmt::format("\r\n--{}--\r\n", boundary)};
}

}  // namespace dropload::http
