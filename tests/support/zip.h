#pragma once

// ZIP files, and single compressed ones, in memory, for tests.

#include <string>
#include <vector>

#include <archive_entry.h>

namespace dropload::test {

struct ZipMember {
  std::string path;
  std::string content;
  unsigned type = AE_IFREG;
};

// An archive of these, as libarchive writes it with these options ("hdrcharset=UTF-8", "zip:encryption=zipcrypt", …).
std::string zip_of(const std::vector<ZipMember>& members, const char* options = "");

// One file as libarchive's filter of that name writes it: "gzip", "zstd", "xz", "bzip2".
std::string compressed(const std::string& text, const std::string& filter);

}  // namespace dropload::test
