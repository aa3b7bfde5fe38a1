#pragma once

// The sending side's text and file: the head of a request, and a file that must not change while it is read.

#include <span>
#include <string>

#include "common/http/client.h"

namespace dropload::http {

// Everything up to and with the empty line.
std::string request_head(const ClientRequest& request, std::string_view authority, std::string_view user_agent);
std::uint64_t body_size(const ClientRequest& request);

// Fills `piece` from that offset in what is sent of the file. io when it cannot be read, or ends before.
Result<void> read_piece(const FileBody& file, std::uint64_t offset, std::span<char> piece);
// io when the file is not of the size that it had (any more).
Result<void> check_size(const FileBody& file);

}  // namespace dropload::http
