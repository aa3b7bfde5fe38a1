#pragma once

// The texts of the configuration that stand for something else: durations, sizes, addresses, URLs. Pure.
// Every error is invalid_argument; its sentence shows the text and what to write instead.

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace dropload::config {

// "250ms", "10s", "5m", "1h", "2d": a whole number and a unit.
Result<Milliseconds> parse_duration(std::string_view text);
// The same text back, in the largest unit that leaves a whole number.
std::string to_text(Milliseconds duration);

// "512B", "64KB", "100MB", "1GB": a whole number and a unit, of 1024 each, as the service counts its 100 MB.
Result<std::uint64_t> parse_size(std::string_view text);
std::string to_text(std::uint64_t bytes);

struct Endpoint {
  std::string address;  // without brackets
  std::uint16_t port = 0;
};
// "127.0.0.1:8787", "[::1]:8787". Numbers only: a name could resolve to more than one address.
Result<Endpoint> parse_endpoint(std::string_view text);

// An https URL, or an http one of this machine (a token must not cross a network in the clear), without user, query and
// fragment. The text back without a slash at its end. `with_path` tells whether a path is needed or must not be there.
Result<std::string> parse_url(std::string_view text, bool with_path);

// An http or https URL with or without a path, of 500 bytes at most, without user, query and fragment. The text back
// without a slash at its end.
Result<std::string> parse_callback_url(std::string_view text);
// The host of a URL that was parsed by one of these, with the brackets of an IPv6 address. "" when it is none.
std::string host_of_url(std::string_view url);
// localhost, 127.0.0.1, [::1].
bool is_this_machine(std::string_view host);

// The host alone, as a Host header has it without its port.
Result<void> check_host(std::string_view text);

}  // namespace dropload::config
