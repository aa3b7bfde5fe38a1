#pragma once

#include <string>
#include <string_view>

namespace dropload {

// SHA-256 in lower-case hex: what a database keeps in the place of a secret.
std::string sha256_hex(std::string_view text);

}  // namespace dropload
