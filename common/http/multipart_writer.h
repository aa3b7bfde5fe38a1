#pragma once

// multipart/form-data (RFC 7578) around one file of known size, so that the length of the whole is known before the
// first byte. Pure.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dropload::http {

struct Multipart {
  std::string content_type;  // with the boundary
  std::string before;        // everything up to the file's first byte
  std::string after;         // everything after its last
};

// The file name is sent as plain ASCII: what is not a letter, a digit, '.', '-' or '_' becomes '_'. `boundary` must not
// occur in the file: 32 random hex digits will do. `fields` are sent before the file.
Multipart multipart_around_file(std::string_view boundary, std::string_view part_name, std::string_view file_name,
                                std::string_view content_type,
                                const std::vector<std::pair<std::string, std::string>>& fields = {});

}  // namespace dropload::http
