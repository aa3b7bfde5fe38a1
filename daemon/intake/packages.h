#pragma once

// Packages by their names: what is unpacked, what is in it by name, and which members are taken. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "daemon/queue/route.h"

namespace dropload::intake {

enum class PackageKind { gzip = 1, zstd, xz, bzip2, zip };
std::string_view to_string(PackageKind kind);

// By the end of the name (.gz .zst .xz .bz2 .zip, in any case); nothing for other names, and for one that is nothing
// but its end.
std::optional<PackageKind> package_kind_of(std::string_view file_name);
// "a.csv" of "a.csv.gz"; the same name when it is none of a package. What the one file in it is called.
std::string inner_name(std::string_view file_name);
// A package or another archive (.tar, .tgz, .7z, .rar): not to be imported as it is when it lies in a package.
bool is_archive_name(std::string_view file_name);

// Is this file of the route a package?
bool is_package(const queue::Route& route, std::string_view file_name);

// Why a member of a ZIP file is left out, by its path: the rule (as ignored_by()), or that it fits none of the
// patterns. Patterns that are for packages by their ends choose packages, the others choose members; without others all
// fit. Nothing when it is to be taken.
std::optional<std::string> left_out_by(const queue::Route& route, const std::string& path);

// The last component of a member's path: all that is ever used of it. "" when there is none.
std::string last_component(std::string_view path);

// The table of a package that could not be unpacked, as far as its name tells; "" when only the members' names would
// have. Errors: those of table_of, where no member's name could mend them.
Result<queue::TableKey> table_of_package(const queue::Route& route, const std::string& file_name,
                                         const std::string& subdirectory);

}  // namespace dropload::intake
