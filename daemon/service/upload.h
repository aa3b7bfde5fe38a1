#pragma once

// Receiving a job's file: the body of a create call, streamed to disk with memory that does not depend on its size.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "common/base/files.h"
#include "common/http/server.h"
#include "common/zoho/codes.h"
#include "daemon/service/pool.h"

namespace dropload::service {

// A T, or the answer that refuses the call.
template <typename T>
using Checked = boost::system::result<T, zoho::Refusal>;

// Where the bytes go. The file is removed again unless keep() was called.
class UploadFile {
 public:
  // Errors: those of Files::create.
  static Result<UploadFile> create(Files& files, std::filesystem::path path);
  UploadFile(UploadFile&& other) noexcept = default;
  UploadFile& operator=(UploadFile&&) = delete;
  ~UploadFile();

  Result<void> write(std::string_view bytes);
  // The bytes and the file's name are on the disk.
  Result<void> sync();
  void keep() { kept_ = true; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  UploadFile(Files& files, std::filesystem::path path, UniqueFd fd)
      : files_(&files), path_(std::move(path)), fd_(std::move(fd)) {}

  Files* files_;
  std::filesystem::path path_;
  UniqueFd fd_;  // none: moved from
  std::uint64_t size_ = 0;
  bool kept_ = false;
};

struct Form {
  std::optional<std::string> config;  // the CONFIG part, wherever it stood
};

// Reads the form (import-api.md, sections 2 and 10): FILE goes into `file`, CONFIG is kept, other parts are dropped.
// Reading stops as soon as FILE is over `max_file_bytes`.
//
// Refusals: 7248 not multipart/form-data or a broken form · 8504 no FILE · 7203 FILE is empty · 8506 two of one part ·
// 8516 CONFIG over 1 MiB · 413 FILE too large (for which the API's page has no number, so the HTTP status stands in its
// place) · 7005 the disk · 400 the connection.
http::Awaitable<Checked<Form>> receive_form(http::BodyReader& body, std::string content_type, UploadFile& file,
                                            std::uint64_t max_file_bytes, Pool& pool);

}  // namespace dropload::service
