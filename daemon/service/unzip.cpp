#include "daemon/service/unzip.h"

#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "daemon/service/internal_error.h"

namespace dropload::service {
namespace {

constexpr std::size_t block_bytes = 256 * 1024;

struct CloseArchive {
  void operator()(archive* open) const { archive_read_free(open); }
};
using Archive = std::unique_ptr<archive, CloseArchive>;

zoho::Refusal bad_archive(std::string_view what) {
  return zoho::refuse(7248, fmt::format("The ZIP file cannot be imported: {}", what));
}

zoho::Refusal broken(archive* reader) {
  const char* why = archive_error_string(reader);
  return bad_archive(fmt::format("it is broken ({}).", why == nullptr ? "no reason given" : why));
}

Checked<Archive> open_archive(int fd) {
  Archive reader(archive_read_new());
  if (!reader || archive_read_support_format_zip(reader.get()) != ARCHIVE_OK ||
      archive_read_open_fd(reader.get(), fd, block_bytes) != ARCHIVE_OK) {
    return broken(reader.get());
  }
  return reader;
}

// The next entry that is no directory; nullptr at the end.
Checked<archive_entry*> next_file(archive* reader) {
  for (;;) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(reader, &entry);
    if (code == ARCHIVE_EOF) return nullptr;
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return broken(reader);
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) {
      return bad_archive("what is in it is no file.");
    }
    if (archive_entry_is_encrypted(entry) != 0) return bad_archive("it is encrypted.");
    return entry;
  }
}

Checked<void> copy_file(archive* reader, UploadFile& to, std::uint64_t most) {
  std::vector<char> buffer(block_bytes);
  for (;;) {
    const auto count = archive_read_data(reader, buffer.data(), buffer.size());
    if (count == 0) return {};
    if (count == ARCHIVE_RETRY) continue;
    if (count < 0) return broken(reader);
    const auto bytes = static_cast<std::size_t>(count);
    if (to.size() + bytes > most) {
      return bad_archive(fmt::format("the file in it is larger than {} bytes, the most that is taken of it.", most));
    }
    if (auto written = to.write(std::string_view(buffer.data(), bytes)); !written) {
      return internal_error(written.error());
    }
  }
}

}  // namespace

Result<bool> is_zip(Files& files, const std::filesystem::path& file) {
  const auto fd = files.open_for_reading(file);
  if (!fd) return fd.error();
  std::array<char, 4> bytes{};
  const auto count = ::pread(fd->get(), bytes.data(), bytes.size(), 0);
  if (count < 0) return error_from_errno(errno, "cannot read " + file.string());
  const std::string_view beginning(bytes.data(), static_cast<std::size_t>(count));
  // The second is an archive without a file, the third one in several volumes.
  return beginning == "PK\x03\x04" || beginning == "PK\x05\x06" || beginning == "PK\x07\x08";
}

Checked<void> unzip(Files& files, const std::filesystem::path& archive_file, UploadFile& to,
                    const UnzipLimits& limits) {
  const auto fd = files.open_for_reading(archive_file);
  if (!fd) return internal_error(fd.error());

  auto reader = open_archive(fd->get());
  if (!reader) return reader.error();
  const auto first = next_file(reader->get());
  if (!first) return first.error();
  if (*first == nullptr) return bad_archive("there is no file in it.");
  if (auto copied = copy_file(reader->get(), to, limits.max_bytes); !copied) return copied.error();
  const auto second = next_file(reader->get());
  if (!second) return second.error();
  if (*second != nullptr) return bad_archive("there is more than one file in it; a batch is one CSV file.");
  if (to.size() == 0) return zoho::refuse(7203, "The file in the ZIP file is empty.");
  return {};
}

}  // namespace dropload::service
