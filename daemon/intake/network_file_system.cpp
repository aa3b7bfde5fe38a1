#include "daemon/intake/network_file_system.h"

#include <algorithm>
#include <array>
#include <utility>

#include <sys/vfs.h>

namespace dropload::intake {
namespace {

constexpr std::array<std::pair<std::int64_t, std::string_view>, 8> network_types{{{0x6969, "NFS"},
                                                                                  {0xff534d42, "SMB (cifs)"},
                                                                                  {0xfe534d42, "SMB"},
                                                                                  {0x517b, "SMB (smbfs)"},
                                                                                  {0x65735546, "FUSE"},
                                                                                  {0x00c36400, "Ceph"},
                                                                                  {0x5346414f, "AFS"},
                                                                                  {0x01021997, "9p"}}};

}  // namespace

std::optional<std::string_view> network_file_system(std::int64_t type) {
  const auto found = std::ranges::find(network_types, type, &std::pair<std::int64_t, std::string_view>::first);
  if (found == network_types.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string_view> network_file_system_of(const std::filesystem::path& path) {
  struct statfs info {};
  if (::statfs(path.c_str(), &info) != 0) return std::nullopt;
  return network_file_system(static_cast<std::int64_t>(info.f_type));
}

}  // namespace dropload::intake
