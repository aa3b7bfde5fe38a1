#pragma once

// Where a reader's bytes come from.

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include "common/base/result.h"

namespace dropload::csv {

// Gives the next bytes of the file into the buffer; 0 at the end. The buffer is never empty.
using ByteSource = std::function<Result<std::size_t>(std::span<char>)>;

// Of an open file, from its current offset. The fd is not owned. Errors: io.
ByteSource bytes_of_file(int fd);

// Of bytes in memory, which have to be there as long as they are read.
ByteSource bytes_of_text(std::string_view text);

// The same bytes as UTF-8 without BOM: detects the encoding by the first bytes and converts where needed. Copies share
// their place.
ByteSource as_utf8(ByteSource source);

}  // namespace dropload::csv
