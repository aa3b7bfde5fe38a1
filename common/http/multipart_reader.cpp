#include "common/http/multipart_reader.h"

#include <cstring>

#include <boost/beast/core/string.hpp>

#include "common/http/message.h"

namespace dropload::http {

namespace {

constexpr std::size_t max_header_block = 16 * 1024;
constexpr int max_parts = 64;
constexpr std::size_t max_boundary = 70;  // RFC 2046, 5.1.1
constexpr std::size_t max_padding = 256;  // blanks between a boundary and its line's end
constexpr std::string_view line_end = "\r\n";
constexpr std::string_view empty_line = "\r\n\r\n";

// memmem, because string_view::find looks at every '\r' of a file with CRLF line ends by itself.
std::size_t position_of(std::string_view needle, std::string_view text) {
  const void* found = ::memmem(text.data(), text.size(), needle.data(), needle.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

// How many bytes at the end of `text` could be the beginning of `delimiter`, which begins with "\r" and has no other.
std::size_t possible_beginning(std::string_view delimiter, std::string_view text) {
  const auto tail = text.substr(text.size() - std::min(text.size(), delimiter.size() - 1));
  const auto at = tail.rfind('\r');
  if (at == std::string_view::npos || !delimiter.starts_with(tail.substr(at))) return 0;
  return tail.size() - at;
}

}  // namespace

Result<std::string> MultipartReader::boundary_of(std::string_view content_type) {
  const auto type = trimmed(content_type.substr(0, content_type.find(';')));
  if (!boost::beast::iequals(type, "multipart/form-data")) {
    return error(Errc::invalid_argument, "the Content-Type is '{}', it must be multipart/form-data", type);
  }
  auto boundary = header_parameter(content_type, "boundary");
  if (!boundary || boundary->empty()) {
    return error(Errc::invalid_argument, "the Content-Type multipart/form-data has no boundary");
  }
  if (boundary->size() > max_boundary || boundary->find_first_of("\r\n") != std::string::npos) {
    return error(Errc::invalid_argument, "the multipart boundary must be one line of at most {} characters",
                 max_boundary);
  }
  return std::move(*boundary);
}

// The body is read as if a line end stood before it, so that a boundary at its very start is found like all others.
MultipartReader::MultipartReader(std::string boundary, MultipartSink& sink)
    : delimiter_("\r\n--" + std::move(boundary)), sink_(sink), pending_(line_end) {}

Result<void> MultipartReader::feed(std::string_view bytes) {
  std::string_view unread = bytes;
  if (!pending_.empty()) {
    pending_ += bytes;
    unread = pending_;
  }
  for (bool more = true; more;) {
    const auto stepped = step(unread);
    if (!stepped) return stepped.error();
    more = *stepped;
  }
  if (pending_.empty()) {
    pending_ = unread;
  } else {
    pending_.erase(0, pending_.size() - unread.size());
  }
  return {};
}

Result<void> MultipartReader::finish() {
  if (state_ != State::epilogue) {
    return error(Errc::protocol, "the multipart body ended before its closing boundary");
  }
  return {};
}

Result<bool> MultipartReader::step(std::string_view& unread) {
  switch (state_) {
    case State::preamble:
      return skip_preamble(unread);
    case State::after_boundary:
      return read_boundary_end(unread);
    case State::headers:
      return read_headers(unread);
    case State::first_data:
      return read_first_data(unread);
    case State::data:
      return read_data(unread);
    case State::epilogue:
      unread = {};
      return false;
  }
  return false;
}

bool MultipartReader::skip_preamble(std::string_view& unread) {
  const auto at = position_of(delimiter_, unread);
  if (at == std::string_view::npos) {
    unread.remove_prefix(unread.size() - possible_beginning(delimiter_, unread));
    return false;
  }
  unread.remove_prefix(at + delimiter_.size());
  state_ = State::after_boundary;
  return true;
}

// Leaves the line end in place: the header block begins with it, so that a block without any header is not a special
// case.
Result<bool> MultipartReader::read_boundary_end(std::string_view& unread) {
  if (unread.starts_with("--")) {
    state_ = State::epilogue;
    return true;
  }
  const auto blanks = std::min(unread.find_first_not_of(" \t"), unread.size());
  const auto rest = unread.substr(blanks);
  const bool undecided = rest.size() < 2 && (line_end.starts_with(rest) || unread == "-");
  if (undecided && blanks <= max_padding) return false;
  if (!rest.starts_with(line_end)) {
    return error(Errc::protocol, "a multipart boundary is followed by neither a line end nor '--'");
  }
  unread.remove_prefix(blanks);
  state_ = State::headers;
  return true;
}

Result<bool> MultipartReader::read_headers(std::string_view& unread) {
  const auto end = unread.substr(0, max_header_block + empty_line.size()).find(empty_line);
  if (end == std::string_view::npos) {
    if (unread.size() < max_header_block + empty_line.size()) return false;
    return error(Errc::too_large, "the headers of a multipart part are over {} bytes", max_header_block);
  }
  const auto begun = begin_part(unread.substr(0, end));
  if (!begun) return begun.error();
  unread.remove_prefix(end + line_end.size());
  state_ = State::first_data;
  return true;
}

// The line end of the empty line may itself begin the next delimiter: a part with nothing in it (RFC 2046, 5.1.1).
Result<bool> MultipartReader::read_first_data(std::string_view& unread) {
  if (unread.size() < delimiter_.size() && delimiter_.starts_with(unread)) return false;
  if (!unread.starts_with(delimiter_)) unread.remove_prefix(line_end.size());
  state_ = State::data;
  return true;
}

Result<bool> MultipartReader::read_data(std::string_view& unread) {
  const auto at = position_of(delimiter_, unread);
  const bool ends = at != std::string_view::npos;
  const auto data = unread.substr(0, ends ? at : unread.size() - possible_beginning(delimiter_, unread));
  if (!data.empty()) {
    const auto taken = sink_.part_data(data);
    if (!taken) return taken.error();
  }
  unread.remove_prefix(data.size());
  if (!ends) return false;
  const auto ended = sink_.part_ends();
  if (!ended) return ended.error();
  unread.remove_prefix(delimiter_.size());
  state_ = State::after_boundary;
  return true;
}

// `header_block` is empty, or lines that each begin with the line end of the one before.
Result<void> MultipartReader::begin_part(std::string_view header_block) {
  if (++parts_ > max_parts) return error(Errc::too_large, "the multipart body has over {} parts", max_parts);
  PartHead head;
  while (!header_block.empty()) {
    header_block.remove_prefix(line_end.size());
    const auto line = header_block.substr(0, header_block.find(line_end));
    header_block.remove_prefix(line.size());
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return error(Errc::protocol, "a header line of a multipart part has no ':'");
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (boost::beast::iequals(name, "Content-Disposition")) {
      head.name = header_parameter(value, "name").value_or("");
      head.file_name = header_parameter(value, "filename");
    } else if (boost::beast::iequals(name, "Content-Type")) {
      head.content_type = value;
    }
  }
  return sink_.part_begins(head);
}

}  // namespace dropload::http
