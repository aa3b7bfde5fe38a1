#pragma once

// A request's body that is already here, for tests of handlers and of whatever else takes a BodyReader.

#include <algorithm>
#include <cstring>
#include <string>

#include "common/http/server.h"

namespace dropload::test {

class MemoryBody final : public http::BodyReader {
 public:
  // Gives at most `piece` bytes a read. `known_size` false: as if it were chunked.
  explicit MemoryBody(std::string bytes, std::size_t piece = std::string::npos, bool known_size = true)
      : bytes_(std::move(bytes)), piece_(piece), known_size_(known_size) {}

  // The next read after this many bytes fails so.
  void fail_after(std::size_t bytes, Error failure) {
    fail_at_ = bytes;
    failure_ = std::move(failure);
  }

  http::Awaitable<Result<std::size_t>> read(http::asio::mutable_buffer buffer) override {
    if (read_ >= fail_at_) co_return failure_;
    const std::size_t count = std::min({buffer.size(), bytes_.size() - read_, piece_, fail_at_ - read_});
    if (read_ + count > limit_) co_return error(Errc::too_large, "the body is over {} bytes", limit_);
    std::memcpy(buffer.data(), bytes_.data() + read_, count);
    read_ += count;
    co_return count;
  }

  [[nodiscard]] std::optional<std::uint64_t> size() const override {
    if (!known_size_) return std::nullopt;
    return bytes_.size();
  }

  void set_limit(std::uint64_t bytes) override { limit_ = bytes; }
  [[nodiscard]] std::uint64_t limit() const { return limit_; }

 private:
  std::string bytes_;
  std::size_t piece_;
  bool known_size_;
  std::size_t read_ = 0;
  std::size_t fail_at_ = std::string::npos;
  Error failure_;
  std::uint64_t limit_ = 1024 * 1024;
};

}  // namespace dropload::test
