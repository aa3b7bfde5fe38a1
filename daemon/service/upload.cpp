#include "daemon/service/upload.h"

#include "common/http/multipart_reader.h"
#include "common/http/pieces.h"
#include "daemon/service/internal_error.h"

namespace dropload::service {
namespace {

// Fed, which is to say written, in the pool. Half of it costs a tenth more time, in wake-ups; twice of it saves
// nothing.
constexpr std::size_t piece_bytes = 512 * 1024;
constexpr std::size_t max_config_bytes = 1024 * 1024;
// What a form may have beside FILE: CONFIG, boundaries, headers of parts.
constexpr std::uint64_t form_bytes = max_config_bytes + 64 * 1024;

zoho::Refusal too_large(std::uint64_t max_file_bytes) {
  return {413, 413, "FILE_SIZE_MORE_THAN_ALLOWED_SIZE",
          fmt::format("FILE is larger than {} bytes, the most that one import takes. Cut it, or send it in batches.",
                      max_file_bytes)};
}

zoho::Refusal refusal_of(const Error& failure, std::uint64_t max_file_bytes) {
  switch (failure.code) {
    case Errc::too_large:
      return too_large(max_file_bytes);
    case Errc::protocol:
    case Errc::invalid_argument:
      return zoho::refuse(7248, "The body is not a multipart/form-data form: " + failure.message);
    case Errc::timed_out:
    case Errc::connection:
      return {400, 400, "INCOMPLETE_REQUEST", failure.message};
    default:
      return internal_error(failure);
  }
}

class FormSink final : public http::MultipartSink {
 public:
  FormSink(UploadFile& file, std::uint64_t max_file_bytes) : file_(file), max_file_bytes_(max_file_bytes) {}

  Result<void> part_begins(const http::PartHead& head) override {
    part_ = head.name == "FILE" ? Part::file : head.name == "CONFIG" ? Part::config : Part::other;
    if (part_ == Part::config) {
      if (form.config) return refuse(zoho::refuse(8506, "There are two parts CONFIG."));
      form.config.emplace();
    }
    if (part_ == Part::file) {
      if (has_file) return refuse(zoho::refuse(8506, "There are two parts FILE."));
      has_file = true;
    }
    return {};
  }

  Result<void> part_data(std::string_view bytes) override {
    if (part_ == Part::file) {
      if (file_.size() + bytes.size() > max_file_bytes_) return refuse(too_large(max_file_bytes_));
      return file_.write(bytes);
    }
    if (part_ == Part::config) {
      if (form.config->size() + bytes.size() > max_config_bytes) {
        return refuse(zoho::refuse(8516, fmt::format("CONFIG is larger than {} bytes.", max_config_bytes)));
      }
      form.config->append(bytes);
    }
    return {};
  }

  Result<void> part_ends() override { return {}; }

  Form form;
  bool has_file = false;
  std::optional<zoho::Refusal> refusal;

 private:
  enum class Part { file = 1, config, other };

  Error refuse(zoho::Refusal why) {
    refusal = std::move(why);
    return error(Errc::invalid_argument, "{}", refusal->message);
  }

  UploadFile& file_;
  std::uint64_t max_file_bytes_;
  Part part_ = Part::other;
};

// Reads to the end of the body, or to the first thing that is wrong with it.
http::Awaitable<Result<void>> read_all(http::BodyReader& body, http::MultipartReader& reader, Pool& pool) {
  http::UsePiece feed = [&reader, &pool](std::string_view piece) {
    return pool.run([&reader, piece] { return reader.feed(piece); });
  };
  const auto fed = co_await http::use_in_pieces(body, piece_bytes, std::move(feed));
  if (!fed) co_return fed.error();
  co_return reader.finish();
}

}  // namespace

Result<UploadFile> UploadFile::create(Files& files, std::filesystem::path path) {
  auto fd = files.create(path, 0600);
  if (!fd) return fd.error();
  return UploadFile(files, std::move(path), std::move(*fd));
}

UploadFile::~UploadFile() {
  if (!fd_ || kept_) return;
  if (const auto removed = files_->remove(path_); !removed) {
    spdlog::warn("an unfinished upload is left until the next start: {}", removed.error().message);
  }
}

Result<void> UploadFile::write(std::string_view bytes) {
  if (auto written = files_->write(fd_.get(), std::as_bytes(std::span(bytes))); !written) return written.error();
  const std::uint64_t before = size_;
  size_ += bytes.size();
  if (size_ / begin_sync_bytes != before / begin_sync_bytes) files_->begin_sync(fd_.get());
  return {};
}

Result<void> UploadFile::sync() {
  if (auto synced = files_->sync(fd_.get()); !synced) return synced.error();
  return files_->sync_directory(path_.parent_path());
}

http::Awaitable<Checked<Form>> receive_form(http::BodyReader& body, std::string content_type, UploadFile& file,
                                            std::uint64_t max_file_bytes, Pool& pool) {
  auto boundary = http::MultipartReader::boundary_of(content_type);
  if (!boundary) co_return refusal_of(boundary.error(), max_file_bytes);
  body.set_limit(max_file_bytes + form_bytes);

  FormSink sink(file, max_file_bytes);
  http::MultipartReader reader(std::move(*boundary), sink);
  const auto read = co_await read_all(body, reader, pool);
  if (sink.refusal) co_return *sink.refusal;
  if (!read) co_return refusal_of(read.error(), max_file_bytes);
  if (!sink.has_file) {
    co_return zoho::refuse(8504, "The parameter FILE is not proper(Has not been sent or is less than required count)");
  }
  if (file.size() == 0) co_return zoho::refuse(7203, "The file is empty.");
  co_return std::move(sink.form);
}

}  // namespace dropload::service
