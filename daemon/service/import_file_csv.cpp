#include <unistd.h>

#include <utility>

#include "common/base/files.h"
#include "daemon/service/import_file.h"
#include "daemon/service/loader_plan.h"
#include "daemon/service/loader_settings.h"
#include "daemon/service/unzip.h"

namespace dropload::service {
namespace {

constexpr std::size_t sample_bytes = 64 * 1024;

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
  explicit CsvFile(UniqueFd fd) : fd_(std::move(fd)) {}

  Result<void> find_dialect(const zoho::ImportOptions& options) {
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
    dialect_ = dialect_of(options, sample);
    return {};
  }

  LoadStep<std::vector<std::string>> names(bool all_columns) override {
    csv::Reader reader = from_start();
    const auto header = reader.next();
    if (!header) return failure_of_reader(header.error());
    if (!*header) return LoadFailure(7203, "The file is empty.");
    const auto wide = all_columns ? check_width((*header)->fields.size()) : LoadStep<void>();
    if (!wide) return wide.error();
    return column_names((*header)->fields);
  }

  LoadStep<std::unique_ptr<Records>> rows() override {
    csv::Reader reader = from_start();
    const auto header = reader.next();
    if (!header) return failure_of_reader(header.error());
    return std::unique_ptr<Records>(std::make_unique<CsvRecords>(std::move(reader)));
  }

 private:
  csv::ByteSource text() {
    ::lseek(fd_.get(), 0, SEEK_SET);
    return csv::as_utf8(csv::bytes_of_file(fd_.get()));
  }
  csv::Reader from_start() { return csv::Reader(text(), dialect_); }

  UniqueFd fd_;
  csv::Dialect dialect_;
};

}  // namespace

LoadStep<std::unique_ptr<ImportFile>> open_csv(const std::filesystem::path& file, const zoho::ImportOptions& options) {
  SystemFiles files;
  auto fd = files.open_for_reading(file);
  if (!fd) return fd.error();
  const auto zipped = is_zip(files, file);
  if (!zipped) return zipped.error();
  if (*zipped) {
    return LoadFailure(7248, "The file is a ZIP file, which only a batch may be. Send the CSV file that is in it.");
  }
  auto csv = std::make_unique<CsvFile>(std::move(*fd));
  if (auto found = csv->find_dialect(options); !found) return found.error();
  return std::unique_ptr<ImportFile>(std::move(csv));
}

}  // namespace dropload::service
