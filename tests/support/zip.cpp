#include "tests/support/zip.h"

#include <memory>
#include <stdexcept>

#include <archive.h>

namespace dropload::test {
namespace {

void check_written(archive* writer, la_ssize_t code) {
  if (code < ARCHIVE_OK) throw std::runtime_error(archive_error_string(writer));
}

}  // namespace

std::string zip_of(const std::vector<ZipMember>& members, const char* options) {
  std::string bytes(64 * 1024 * 1024, '\0');
  std::size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_set_options(writer, options);
  archive_write_set_passphrase(writer, "secret");
  archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
  for (const ZipMember& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.path.c_str());
    archive_entry_set_filetype(entry, member.type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.content.size()));
    if (member.type == AE_IFLNK) archive_entry_set_symlink(entry, "/etc/passwd");
    archive_write_header(writer, entry);
    archive_write_data(writer, member.content.data(), member.content.size());
    archive_entry_free(entry);
  }
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

std::string compressed(const std::string& text, const std::string& filter) {
  const std::unique_ptr<archive, int (*)(archive*)> writer(archive_write_new(), archive_write_free);
  check_written(writer.get(), archive_write_add_filter_by_name(writer.get(), filter.c_str()));
  check_written(writer.get(), archive_write_set_format_raw(writer.get()));
  check_written(writer.get(), archive_write_set_bytes_per_block(writer.get(), 0));
  std::vector<char> buffer(text.size() + 1024 * 1024);
  std::size_t used = 0;
  check_written(writer.get(), archive_write_open_memory(writer.get(), buffer.data(), buffer.size(), &used));
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  check_written(writer.get(), archive_write_header(writer.get(), entry.get()));
  if (!text.empty()) check_written(writer.get(), archive_write_data(writer.get(), text.data(), text.size()));
  check_written(writer.get(), archive_write_close(writer.get()));
  return {buffer.data(), used};
}

}  // namespace dropload::test
