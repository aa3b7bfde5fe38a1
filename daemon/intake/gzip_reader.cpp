#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include <zlib.h>

#include "daemon/intake/package_reader.h"

namespace dropload::intake {
namespace {

constexpr std::size_t gzip_block_bytes = 256 * 1024;
constexpr int gzip_with_largest_window = 15 + 16;  // see inflateInit2

class GzipReader final : public PackageReader {
 public:
  explicit GzipReader(int fd) : fd_(fd), block_(gzip_block_bytes) {}
  ~GzipReader() override {
    if (begun_) inflateEnd(&stream_);
  }

  Result<void> begin() {
    if (inflateInit2(&stream_, gzip_with_largest_window) != Z_OK)
      return error(Errc::unavailable, "there is no memory to unpack it");
    begun_ = true;
    return {};
  }

  Result<std::optional<Member>> next() override {
    if (given_) return std::optional<Member>();
    given_ = true;
    return std::optional(Member{});
  }

  Result<std::size_t> read(std::span<std::byte> into) override {
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(into.size());
    while (stream_.avail_out == into.size() && !over_) {
      if (auto filled = fill(); !filled) return filled.error();
      if (auto inflated = inflate_some(); !inflated) return inflated.error();
    }
    return into.size() - stream_.avail_out;
  }

 private:
  Result<void> fill() {
    if (stream_.avail_in > 0 || at_end_) return {};
    ssize_t count = 0;
    do {
      count = ::pread(fd_, block_.data(), block_.size(), static_cast<off_t>(read_));
    } while (count < 0 && errno == EINTR);
    if (count < 0) return error_from_errno(errno, "cannot read the package");
    at_end_ = count == 0;
    read_ += static_cast<std::uint64_t>(count);
    stream_.next_in = block_.data();
    stream_.avail_in = static_cast<uInt>(count);
    return {};
  }

  Result<void> inflate_some() {
    if (at_end_ && stream_.avail_in == 0) return error(Errc::invalid_argument, "it is cut short: its end is missing");
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) return end_of_stream();
    if (code == Z_OK || code == Z_BUF_ERROR) return {};
    if (code == Z_MEM_ERROR) return error(Errc::unavailable, "there is no memory to unpack it");
    return error(Errc::invalid_argument, "it is broken ({})", stream_.msg == nullptr ? "no reason given" : stream_.msg);
  }

  // Another stream may follow, or nothing; what else follows was not to be there.
  Result<void> end_of_stream() {
    const std::uint64_t next = read_ - stream_.avail_in;
    std::array<unsigned char, 2> magic{};
    const auto count = ::pread(fd_, magic.data(), magic.size(), static_cast<off_t>(next));
    if (count < 0) return error_from_errno(errno, "cannot read the package");
    if (count == 2 && magic[0] == 0x1f && magic[1] == 0x8b) {
      inflateReset(&stream_);
      return {};
    }
    const auto zeros = only_zeros_from(fd_, next);
    if (!zeros) return zeros.error();
    if (!*zeros) return error(Errc::invalid_argument, "something else follows behind its end");
    over_ = true;
    return {};
  }

  int fd_;
  std::vector<Bytef> block_;
  z_stream stream_{};
  bool begun_ = false;
  bool given_ = false;
  bool at_end_ = false;
  bool over_ = false;
  std::uint64_t read_ = 0;
};

}  // namespace

Result<std::unique_ptr<PackageReader>> open_gzip(int fd) {
  auto reader = std::make_unique<GzipReader>(fd);
  if (auto begun = reader->begin(); !begun) return begun.error();
  return std::unique_ptr<PackageReader>(std::move(reader));
}

Result<bool> only_zeros_from(int fd, std::uint64_t offset) {
  std::array<char, 64 * 1024> bytes;
  for (;;) {
    const auto count = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return error_from_errno(errno, "cannot read the package");
    if (count == 0) return true;
    if (std::any_of(bytes.begin(), bytes.begin() + count, [](char byte) { return byte != 0; })) return false;
    offset += static_cast<std::uint64_t>(count);
  }
}

}  // namespace dropload::intake
