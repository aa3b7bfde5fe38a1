#include "common/csv/mend.h"

#include <utility>

#include "common/csv/scan.h"

namespace dropload::csv {
namespace {

constexpr std::size_t flush_bytes = 256 * 1024;

}  // namespace

Mender::Mender(Sink sink) : sink_(std::move(sink)) {}

void Mender::put(std::string_view record, std::int64_t empty_lines) {
  buffer_.append(static_cast<std::size_t>(empty_lines), '\n');
  buffer_ += record;
  buffer_ += '\n';
  next_line_ += empty_lines + 1 + count_breaks(record.data(), record.data() + record.size());
}

Result<std::int64_t> Mender::append(Reader& reader, std::int64_t line) {
  for (std::int64_t records = 0;; ++records) {
    const auto record = reader.next();
    if (!record) return record.error();
    if (!*record) return records;
    const auto was_at = next_line_;
    put((*record)->bytes, (*record)->line - line);
    line += next_line_ - was_at;
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
