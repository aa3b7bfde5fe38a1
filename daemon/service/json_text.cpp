#include "daemon/service/json_text.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/csv/encoding.h"
#include "daemon/service/json_events.h"

namespace dropload::service {
namespace {

constexpr std::size_t json_piece_bytes = 64 * 1024;

}  // namespace

std::string json_complaint(std::string_view what) {
  constexpr std::string_view place = "parse error at line ";
  constexpr std::string_view quotes = "; last read: '";
  if (const auto end = what.find("] "); what.starts_with('[') && end != what.npos) what.remove_prefix(end + 2);
  if (const auto end = what.find(": "); what.starts_with(place) && end != what.npos) what.remove_prefix(end + 2);
  std::string text(what);
  if (const auto from = text.find(quotes); from != text.npos) {
    const auto expected = text.rfind("'; expected");
    const auto to = expected == text.npos || expected < from ? text.size() : expected + 1;
    text.erase(from, to - from);
  }
  return text.substr(0, 300);
}

Result<csv::ByteSource> json_bytes(int fd, std::stop_token stop) {
  std::string sample(json_piece_bytes, '\0');
  const ssize_t have = ::pread(fd, sample.data(), sample.size(), 0);
  if (have < 0) return error_from_errno(errno, "cannot read the file");
  sample.resize(static_cast<std::size_t>(have));
  const auto detected = csv::detect_encoding(sample);
  const bool is_utf16 = detected.encoding == csv::Encoding::utf16_le || detected.encoding == csv::Encoding::utf16_be;
  ::lseek(fd, is_utf16 ? 0 : detected.bom_bytes, SEEK_SET);
  auto bytes = is_utf16 ? csv::as_utf8(csv::bytes_of_file(fd)) : csv::bytes_of_file(fd);
  return csv::ByteSource(
      [bytes = std::move(bytes), stop = std::move(stop)](std::span<char> into) -> Result<std::size_t> {
        if (stop.stop_requested()) return error(Errc::unavailable, "the import service is stopping");
        return bytes(into);
      });
}

JsonText::JsonText(csv::ByteSource source) : source_(std::move(source)) {}

void JsonText::skip_blanks() {
  while (!at_end() && (front() == ' ' || front() == '\n' || front() == '\r' || front() == '\t')) advance();
}

std::int64_t JsonText::line_at(std::size_t place) const {
  return lines_before_ + std::count(piece_.begin(), piece_.begin() + static_cast<std::ptrdiff_t>(place), '\n') + 1;
}

bool JsonText::refill() {
  if (failure_) throw Broken();
  if (before_ + at_ - noted_ > max_json_record_bytes) {
    failure_ = error(Errc::too_large, "a value in line {} is longer than {} bytes", line(), max_json_record_bytes);
    throw Broken();
  }
  std::string next(json_piece_bytes, '\0');
  const auto bytes = source_(next);
  if (!bytes) {
    failure_ = bytes.error();
    throw Broken();
  }
  // The last piece stays: it knows its line.
  if (*bytes == 0) return false;
  next.resize(*bytes);
  lines_before_ += std::count(piece_.begin(), piece_.end(), '\n');
  before_ += piece_.size();
  piece_ = std::move(next);
  at_ = 0;
  return true;
}

}  // namespace dropload::service
