#include <unistd.h>

#include <utility>

#include "common/base/files.h"
#include "daemon/service/header_guess.h"
#include "daemon/service/import_file.h"
#include "daemon/service/loader_plan.h"
#include "daemon/service/loader_settings.h"
#include "daemon/service/unzip.h"

namespace dropload::service {
namespace {

constexpr std::size_t sample_bytes = csv::dialect_sample_bytes;
// Records beneath the first are looked at up to here, however few they are by then.
constexpr std::uint64_t bytes_beneath = 1024 * 1024;

class CsvRecords final : public Records {
 public:
  explicit CsvRecords(csv::Reader reader) : reader_(std::move(reader)) {}

  LoadStep<std::optional<csv::Record>> next() override {
    auto record = reader_.next();
    if (!record) return failure_of_reader(record.error());
    return *record;
  }

 private:
  csv::Reader reader_;
};

class CsvFile final : public ImportFile {
 public:
  CsvFile(UniqueFd fd, const zoho::ImportConfig& config, const View* view)
      : fd_(std::move(fd)), config_(config), view_(view) {}

  Result<void> find_dialect() {
    const csv::ByteSource source = text();
    std::string sample(sample_bytes, '\0');
    std::size_t have = 0;
    while (have < sample.size()) {
      const auto bytes = source(std::span(sample).subspan(have));
      if (!bytes) return bytes.error();
      if (*bytes == 0) break;
      have += *bytes;
    }
    sample.resize(have);
    dialect_ = dialect_of(config_.options, sample);
    return {};
  }

  LoadStep<std::vector<std::string>> names(bool all_columns) override {
    csv::Reader reader = from_start();
    const auto first = reader.next();
    if (!first) return failure_of_reader(first.error());
    if (!*first) return LoadFailure(7203, "The file is empty.");
    const std::size_t width = (*first)->fields.size();
    const auto wide = all_columns ? check_width(width) : LoadStep<void>();
    if (!wide) return wide.error();
    const auto checked = check_names((*first)->fields);
    std::vector<std::string> names;
    if (checked) names = column_names((*first)->fields);
    if (may_lack_header(config_)) has_header_ = begins_with_header(reader, (*first)->fields);
    if (!has_header_) return names_without_header(width);
    if (!checked) return checked.error();
    return names;
  }

  LoadStep<std::unique_ptr<Records>> rows() override {
    csv::Reader reader = from_start();
    if (has_header_) {
      const auto header = reader.next();
      if (!header) return failure_of_reader(header.error());
    }
    return std::unique_ptr<Records>(std::make_unique<CsvRecords>(std::move(reader)));
  }

 private:
  // The reader is behind the first record. What cannot be read is found again where it counts.
  bool begins_with_header(csv::Reader& reader, std::span<const std::string_view> first) const {
    HeaderGuess guess(first, view_, config_.options);
    for (int i = 0; i < records_beneath; ++i) {
      const auto record = reader.next();
      if (!record || !*record || (*record)->offset > bytes_beneath) break;
      guess.observe((*record)->fields);
    }
    return guess.is_header();
  }
  [[nodiscard]] std::vector<std::string> names_without_header(std::size_t width) const {
    if (view_ == nullptr) return column_names(std::vector<std::string_view>(width));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < width; ++i) names.push_back(view_->columns[i].name);
    return names;
  }
  csv::ByteSource text() {
    ::lseek(fd_.get(), 0, SEEK_SET);
    return csv::as_utf8(csv::bytes_of_file(fd_.get()));
  }
  csv::Reader from_start() { return csv::Reader(text(), dialect_); }

  UniqueFd fd_;
  const zoho::ImportConfig& config_;
  const View* view_;
  csv::Dialect dialect_;
  bool has_header_ = true;
};

}  // namespace

LoadStep<std::unique_ptr<ImportFile>> open_csv(const std::filesystem::path& file, const zoho::ImportConfig& config,
                                               const View* view) {
  SystemFiles files;
  auto fd = files.open_for_reading(file);
  if (!fd) return fd.error();
  const auto zipped = is_zip(files, file);
  if (!zipped) return zipped.error();
  if (*zipped) {
    return LoadFailure(7248, "The file is a ZIP file, which only a batch may be. Send the CSV file that is in it.");
  }
  auto csv = std::make_unique<CsvFile>(std::move(*fd), config, view);
  if (auto found = csv->find_dialect(); !found) return found.error();
  return std::unique_ptr<ImportFile>(std::move(csv));
}

}  // namespace dropload::service
