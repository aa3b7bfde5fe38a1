#pragma once

// The bytes of a submission, wherever they lie now: in the spool, or, when it is small, in the queue's file while it is
// under way, then where its original was put
// away.

#include <filesystem>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "common/base/files.h"
#include "common/http/server.h"
#include "daemon/queue/spool.h"
#include "daemon/queue/types.h"

namespace dropload::api {

// Where its bytes are. not_found, with where they went, when they are gone: removed, deleted, a retry's by now, or in a
// package that lies elsewhere as a whole.
Result<std::filesystem::path> place_of_original(const queue::Submission& submission, const queue::Spool& spool);

// Opens what lies there when it is still a file of the submission's size; not_found otherwise. Blocks.
Result<UniqueFd> open_original(const std::filesystem::path& place, std::uint64_t size);

// The file's bytes, read in the pool piece by piece. An error breaks the answer off: also when the file shrinks.
std::shared_ptr<http::BodySource> body_of_file(UniqueFd file, std::uint64_t size, boost::asio::thread_pool& pool);

// The header's value, for any bytes of a file name: RFC 6266, with a plain name beside the true one.
std::string attachment_named(std::string_view file_name);

}  // namespace dropload::api
