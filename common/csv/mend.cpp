#include "common/csv/mend.h"

#include <utility>

#include "common/csv/scan.h"

namespace dropload::csv {
namespace {

constexpr std::size_t flush_bytes = 256 * 1024;

}  // namespace

Mender::Mender(Sink sink) : sink_(std::move(sink)) {}

Result<std::int64_t> Mender::append(Reader& reader, std::int64_t line) {
  for (std::int64_t records = 0;; ++records) {
    const auto record = reader.next();
    if (!record) return record.error();
    if (!*record) return records;
    const auto bytes = (*record)->bytes;
    const auto empty_lines = (*record)->line - line;
    buffer_.append(static_cast<std::size_t>(empty_lines), '\n');
    buffer_ += bytes;
    buffer_ += '\n';
    const auto lines = 1 + ((*record)->has_breaks ? count_breaks(bytes.data(), bytes.data() + bytes.size()) : 0);
    line = (*record)->line + lines;
    next_line_ += empty_lines + lines;
    if (buffer_.size() < flush_bytes) continue;
    if (auto flushed = flush(); !flushed) return flushed.error();
  }
}

Result<void> Mender::flush() {
  auto written = sink_(buffer_);
  if (!written) return written;
  flushed_ += buffer_.size();
  buffer_.clear();
  return {};
}

}  // namespace dropload::csv
