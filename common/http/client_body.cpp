#include "common/http/client_body.h"

#include <cerrno>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dropload::http {

namespace {

bool needs_length(Verb verb) {
  return verb == Verb::post || verb == Verb::put || verb == Verb::patch;
}

std::uint64_t whole_size(const FileBody& file) {
  return file.part ? file.part->file_size : file.size;
}

Error changed(std::uint64_t expected, std::uint64_t found) {
  return error(Errc::io, "the file changed while it was being sent: {} bytes became {}", expected, found);
}

}  // namespace

std::uint64_t body_size(const ClientRequest& request) {
  if (const auto* text = std::get_if<std::string>(&request.body)) return text->size();
  const auto& file = std::get<FileBody>(request.body);
  return file.before.size() + file.size + file.after.size();
}

std::string request_head(const ClientRequest& request, std::string_view authority, std::string_view user_agent) {
  std::string head = fmt::format("{} {} HTTP/1.1\r\n", std::string_view(to_string(request.verb)), request.target);
  append_header(head, "Host", authority);
  append_header(head, "User-Agent", user_agent);
  for (const auto& [name, value] : request.headers) append_header(head, name, value);
  if (!request.content_type.empty()) append_header(head, "Content-Type", request.content_type);
  const std::uint64_t size = body_size(request);
  if (size > 0 || needs_length(request.verb)) append_header(head, "Content-Length", fmt::to_string(size));
  return head.append("\r\n");
}

Result<void> read_piece(const FileBody& file, std::uint64_t offset, std::span<char> piece) {
  if (file.part) offset += file.part->offset;
  for (std::size_t done = 0; done < piece.size();) {
    const auto count = ::pread(file.fd, piece.data() + done, piece.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return error_from_errno(errno, "reading the file that is being sent");
    if (count == 0) return changed(whole_size(file), offset + done);
    done += static_cast<std::size_t>(count);
  }
  return {};
}

Result<void> check_size(const FileBody& file) {
  struct stat status {};
  if (::fstat(file.fd, &status) != 0) return error_from_errno(errno, "the size of the file that is being sent");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size != whole_size(file)) return changed(whole_size(file), size);
  return {};
}

}  // namespace dropload::http
