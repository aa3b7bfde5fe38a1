#include "common/csv/source.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/csv/encoding.h"

namespace dropload::csv {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;

class Utf8Source {
 public:
  explicit Utf8Source(ByteSource source) : source_(std::move(source)), piece_(piece_bytes, '\0') {}

  Result<std::size_t> read(std::span<char> buffer) {
    while (at_ == ready_.size()) {
      if (ended_) return std::size_t{0};
      if (auto refilled = refill(); !refilled) return refilled.error();
    }
    const std::size_t bytes = std::min(buffer.size(), ready_.size() - at_);
    std::memcpy(buffer.data(), ready_.data() + at_, bytes);
    at_ += bytes;
    return bytes;
  }

 private:
  Result<void> refill() {
    ready_.clear();
    at_ = 0;
    auto piece = read_piece();
    if (!piece) return piece.error();
    std::string_view text = *piece;
    if (!converter_) {
      const DetectedEncoding detected = detect_encoding(text);
      converter_.emplace(detected.encoding);
      text.remove_prefix(static_cast<std::size_t>(detected.bom_bytes));
    }
    converter_->convert(text, ready_);
    if (ended_) converter_->finish(ready_);
    return {};
  }

  // A whole piece but for the last: the first one decides the encoding, and the source may give its bytes one by one.
  Result<std::string_view> read_piece() {
    std::size_t have = 0;
    while (have < piece_.size()) {
      auto bytes = source_(std::span(piece_).subspan(have));
      if (!bytes) return bytes.error();
      if (*bytes == 0) {
        ended_ = true;
        break;
      }
      have += *bytes;
    }
    return std::string_view(piece_).substr(0, have);
  }

  ByteSource source_;
  std::string piece_;
  std::optional<Utf8Converter> converter_;
  std::string ready_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

ByteSource bytes_of_file(int fd) {
  return [fd](std::span<char> buffer) -> Result<std::size_t> {
    for (;;) {
      const ssize_t bytes = ::read(fd, buffer.data(), buffer.size());
      if (bytes >= 0) return static_cast<std::size_t>(bytes);
      if (errno != EINTR) return error_from_errno(errno, "cannot read the file");
    }
  };
}

ByteSource bytes_of_text(std::string_view text) {
  return [text](std::span<char> buffer) mutable -> Result<std::size_t> {
    const auto bytes = text.copy(buffer.data(), buffer.size());
    text.remove_prefix(bytes);
    return bytes;
  };
}

ByteSource as_utf8(ByteSource source) {
  return
      [state = std::make_shared<Utf8Source>(std::move(source))](std::span<char> buffer) { return state->read(buffer); };
}

}  // namespace dropload::csv
