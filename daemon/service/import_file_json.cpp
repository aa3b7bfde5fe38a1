#include <algorithm>
#include <utility>

#include "common/base/files.h"
#include "daemon/service/import_file.h"
#include "daemon/service/json_outline.h"
#include "daemon/service/json_pieces.h"
#include "daemon/service/json_rows.h"
#include "daemon/service/loader_plan.h"
#include "daemon/service/loader_settings.h"

namespace dropload::service {
namespace {

class JsonRecords final : public Records {
 public:
  // The outline outlives them.
  JsonRecords(csv::ByteSource source, const JsonOutline& outline, std::vector<char> decimals)
      : pieces_(std::move(source), outline), rows_(outline, std::move(decimals)) {}

  LoadStep<std::optional<csv::Record>> next() override {
    while (!rows_.next()) {
      const auto piece = pieces_.next();
      if (!piece) return piece.error();
      if (!*piece) return std::optional<csv::Record>{};
      line_ = (*piece)->line;
      if (!rows_.take((*piece)->text)) {
        return no_json(fmt::format("the record in line {} holds more values than a record may", line_));
      }
    }
    return std::optional(csv::Record{line_, 0, rows_.fields(), true});
  }

 private:
  JsonPieces pieces_;
  JsonRows rows_;
  std::int64_t line_ = 0;
};

class JsonFile final : public ImportFile {
 public:
  JsonFile(UniqueFd fd, const zoho::ImportOptions& options, std::stop_token stop)
      : fd_(std::move(fd)), options_(options), stop_(std::move(stop)) {}

  LoadStep<std::vector<std::string>> names(bool all_columns) override {
    auto source = json_bytes(fd_.get(), stop_);
    if (!source) return source.error();
    JsonText text(std::move(*source));
    auto outline = read_json_outline(text);
    if (!outline) return outline.error();
    outline_ = std::move(*outline);
    const auto keys = outline_.paths.number_columns(options_.retain_column_names.value_or(false));
    if (keys.empty()) return LoadFailure(7203, "The file holds no values.");
    const auto wide = all_columns ? check_width(keys.size()) : LoadStep<void>();
    if (!wide) return wide.error();
    auto names = column_names(std::vector<std::string_view>(keys.begin(), keys.end()));
    decimals_.clear();
    for (const std::string& name : names) decimals_.push_back(numbers_of(options_, name).decimal);
    return names;
  }

  LoadStep<std::unique_ptr<Records>> rows() override {
    auto source = json_bytes(fd_.get(), stop_);
    if (!source) return source.error();
    return std::unique_ptr<Records>(std::make_unique<JsonRecords>(std::move(*source), outline_, decimals_));
  }

 private:
  UniqueFd fd_;
  const zoho::ImportOptions& options_;
  std::stop_token stop_;
  JsonOutline outline_;
  std::vector<char> decimals_;
};

}  // namespace

LoadStep<std::unique_ptr<ImportFile>> open_json(const std::filesystem::path& file, const zoho::ImportOptions& options,
                                                std::stop_token stop) {
  auto fd = SystemFiles().open_for_reading(file);
  if (!fd) return fd.error();
  return std::unique_ptr<ImportFile>(std::make_unique<JsonFile>(std::move(*fd), options, std::move(stop)));
}

}  // namespace dropload::service
