#include "tests/support/zip.h"

#include <archive.h>

namespace dropload::test {

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

}  // namespace dropload::test
