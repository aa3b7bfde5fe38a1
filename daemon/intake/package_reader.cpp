#include "daemon/intake/package_reader.h"

#include <locale.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <archive.h>
#include <archive_entry.h>

#include "common/base/text.h"

namespace dropload::intake {
namespace {

constexpr std::size_t archive_block_bytes = 256 * 1024;

struct FreeReadArchive {
  void operator()(archive* open) const { archive_read_free(open); }
};
using ReadArchive = std::unique_ptr<archive, FreeReadArchive>;

// libarchive gives names in the encoding of the thread's locale: in that of a daemon ("C") there would be none for most
// of them.
class Utf8Names {
 public:
  Utf8Names() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) before_ = ::uselocale(locale_);
  }
  ~Utf8Names() {
    if (locale_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(locale_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  locale_t locale_;
  locale_t before_ = nullptr;
};

Error what_is_wrong(archive* reader) {
  const int number = archive_errno(reader);
  const char* text = archive_error_string(reader);
  const std::string why = text == nullptr ? "no reason given" : readable(text);
  if (number == EIO) return error(Errc::io, "cannot read the package: {}", why);
  if (number == ENOMEM) return error(Errc::unavailable, "there is no memory to unpack it: {}", why);
  if (starts_with_in_any_case(why, "truncated")) {
    return error(Errc::invalid_argument, "it is cut short: its end is missing ({})", why);
  }
  return error(Errc::invalid_argument, "it is broken ({})", why);
}

// Nothing but the record at the end of every ZIP file, of no entries, and its comment: libarchive knows none such.
bool is_empty_zip(int fd, std::uint64_t size) {
  std::array<unsigned char, 22> end{};
  if (size < end.size() || ::pread(fd, end.data(), end.size(), 0) != static_cast<ssize_t>(end.size())) return false;
  constexpr std::array<unsigned char, 4> signature{'P', 'K', 5, 6};
  const bool has_entries = std::any_of(end.begin() + 4, end.begin() + 20, [](auto byte) { return byte != 0; });
  const std::uint64_t comment = end[20] + 256U * end[21];
  return std::ranges::equal(std::span(end).first(4), signature) && !has_entries && size == end.size() + comment;
}

std::string_view what_it_is(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return "a link";
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return "";
    case AE_IFLNK:
      return "a symbolic link";
    case AE_IFDIR:
      return "a directory";
    default:
      return "no regular file";
  }
}

class ArchiveReader final : public PackageReader {
 public:
  ArchiveReader(PackageKind kind, int fd, std::uint64_t size) : kind_(kind), fd_(fd), size_(size) {}

  Result<void> begin() {
    reader_.reset(archive_read_new());
    if (!reader_) return error(Errc::unavailable, "there is no memory to unpack it");
    is_empty_ = kind_ == PackageKind::zip && is_empty_zip(fd_, size_);
    if (is_empty_) return {};
    if (support() != ARCHIVE_OK || archive_read_open_fd(reader_.get(), fd_, archive_block_bytes) != ARCHIVE_OK) {
      return no_such_kind();
    }
    return {};
  }

  Result<std::optional<Member>> next() override {
    if (is_empty_) return std::optional<Member>();
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(reader_.get(), &entry);
    if (code == ARCHIVE_EOF) return first_ && kind_ != PackageKind::zip ? empty_file() : std::optional<Member>();
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return first_ ? no_such_kind() : what_is_wrong(reader_.get());
    first_ = false;
    if (kind_ != PackageKind::zip) {
      // A kind that is not the one of its name is passed on as it is: that is not what was meant.
      if (archive_filter_code(reader_.get(), 0) == ARCHIVE_FILTER_NONE) return no_such_kind();
      return std::optional(Member{});
    }
    const char* path = archive_entry_pathname(entry);
    Member member;
    member.path = path == nullptr ? "" : path;
    member.what = what_it_is(entry);
    member.is_file = member.what.empty();
    member.is_directory = archive_entry_filetype(entry) == AE_IFDIR;
    member.is_encrypted = archive_entry_is_encrypted(entry) != 0;
    return std::optional(std::move(member));
  }

  Result<std::size_t> read(std::span<std::byte> into) override {
    for (;;) {
      const auto count = is_empty_ ? 0 : archive_read_data(reader_.get(), into.data(), into.size());
      if (count == ARCHIVE_RETRY) continue;
      if (count < 0) return what_is_wrong(reader_.get());
      if (count == 0) {
        if (auto ended = check_end(); !ended) return ended.error();
      }
      return static_cast<std::size_t>(count);
    }
  }

 private:
  int support() {
    archive* reader = reader_.get();
    switch (kind_) {
      case PackageKind::zstd:
        return support_one(archive_read_support_filter_zstd(reader));
      case PackageKind::xz:
        return support_one(archive_read_support_filter_xz(reader));
      case PackageKind::bzip2:
        return support_one(archive_read_support_filter_bzip2(reader));
      default:
        // By the directory at its end only: one that was cut off would look like a shorter archive.
        return archive_read_support_format_zip_seekable(reader);
    }
  }
  // ARCHIVE_WARN: by a program, because libarchive was built without the library; a daemon runs none.
  int support_one(int supported) {
    if (supported != ARCHIVE_OK) return supported;
    archive_read_support_format_empty(reader_.get());  // "raw" is at least one byte
    return archive_read_support_format_raw(reader_.get());
  }

  // That nothing came out may also be because what there is was not understood.
  Result<std::optional<Member>> empty_file() {
    first_ = false;
    if (archive_error_string(reader_.get()) != nullptr) return what_is_wrong(reader_.get());
    if (archive_filter_code(reader_.get(), 0) == ARCHIVE_FILTER_NONE) return no_such_kind();
    is_empty_ = true;
    return std::optional(Member{});
  }

  Error no_such_kind() {
    const int number = archive_errno(reader_.get());
    if (number == EIO || number == ENOMEM) return what_is_wrong(reader_.get());
    return error(Errc::invalid_argument, "it is no {} file, or it is cut short", to_string(kind_));
  }

  // What the decompressor has not wanted of the file.
  Result<void> check_end() {
    if (kind_ == PackageKind::zip) return {};
    const auto consumed = archive_filter_bytes(reader_.get(), -1);
    if (consumed < 0 || static_cast<std::uint64_t>(consumed) >= size_) return {};
    const auto zeros = only_zeros_from(fd_, static_cast<std::uint64_t>(consumed));
    if (!zeros) return zeros.error();
    return *zeros ? Result<void>() : error(Errc::invalid_argument, "something else follows behind its end");
  }

  PackageKind kind_;
  int fd_;
  std::uint64_t size_;
  Utf8Names utf8_names_;
  ReadArchive reader_;
  bool first_ = true;
  bool is_empty_ = false;
};

}  // namespace

Result<std::unique_ptr<PackageReader>> open_package(PackageKind kind, int fd, std::uint64_t size) {
  if (kind == PackageKind::gzip) return open_gzip(fd);
  auto reader = std::make_unique<ArchiveReader>(kind, fd, size);
  if (auto begun = reader->begin(); !begun) return begun.error();
  return std::unique_ptr<PackageReader>(std::move(reader));
}

}  // namespace dropload::intake
