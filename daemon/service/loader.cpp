#include "daemon/service/loader.h"

#include <array>
#include <limits>
#include <utility>

#include "daemon/service/auto_numbers.h"
#include "daemon/service/batch_totals.h"
#include "daemon/service/import_file.h"
#include "daemon/service/loader_failure.h"
#include "daemon/service/loader_plan.h"
#include "daemon/service/loader_rows.h"
#include "daemon/service/loader_survey.h"
#include "daemon/service/loader_writer.h"
#include "daemon/service/reading_rows.h"
#include "daemon/service/rows_table.h"
#include "daemon/service/warehouse_catalogue.h"

namespace dropload::service {
namespace {

constexpr std::int64_t all_rows = std::numeric_limits<std::int64_t>::max();

class Load {
 public:
  Load(Warehouse& warehouse, const LoadRequest& request, std::stop_token stop)
      : warehouse_(warehouse), request_(request), options_(request.config.options), stop_(std::move(stop)) {}

  // What can be known without writing comes first, so that loads that wait for their turn have done it.
  LoadStep<zoho::JobDetails> run() {
    auto loaded = run_with(request_.rows_to_guess_from);
    if (loaded || !loaded.error().guess_was_wrong) return loaded;
    return run_with(all_rows);
  }

 private:
  LoadStep<zoho::JobDetails> run_with(std::int64_t rows_to_survey) {
    view_.reset();
    if (auto found = find_view(); !found) return found.error();
    std::vector<Part> parts;
    for (std::size_t i = 0; i <= request_.later_files.size(); ++i) {
      auto part = prepare(i == 0 ? request_.file : request_.later_files[i - 1], rows_to_survey);
      if (!part) return of_part(part.error(), i);
      parts.push_back(std::move(*part));
    }
    return write(parts);
  }

  // One file, of which all is known but its rows.
  struct Part {
    std::unique_ptr<ImportFile> file;
    Plan plan;
    std::vector<ColumnRules> rules;
  };

  LoadStep<Part> prepare(const std::filesystem::path& path, std::int64_t rows_to_survey) {
    const bool is_json = options_.file_type == zoho::FileType::json;
    auto opened =
        is_json ? open_json(path, options_, stop_) : open_csv(path, request_.config, view_ ? &*view_ : nullptr);
    if (!opened) return opened.error();
    ImportFile& file = **opened;
    auto names = file.names(!view_ && options_.selected_columns.empty());
    if (!names) return names.error();
    auto plan = make_plan(*names, view_ ? &*view_ : nullptr, options_);
    if (!plan) return plan.error();
    auto surveyed = survey_rows(file, *plan, rows_to_survey);
    if (surveyed && !surveyed->is_usable) surveyed = survey_rows(file, *plan, all_rows);
    if (!surveyed) return surveyed.error();
    remember_date_formats(*plan, surveyed->rules);
    return Part{std::move(*opened), std::move(*plan), std::move(surveyed->rules)};
  }

  LoadStep<Surveyed> survey_rows(ImportFile& file, const Plan& plan, std::int64_t most_rows) {
    auto rows = file.rows();
    if (!rows) return rows.error();
    return survey(plan, **rows, most_rows, stop_);
  }

  // What a batch tells of its dates holds for those after it.
  void remember_date_formats(const Plan& plan, const std::vector<ColumnRules>& rules) {
    if (!view_) return;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].kept_format.empty()) continue;
      for (Column& column : view_->columns) {
        if (column.name == plan.columns[i].name) column.date_format = rules[i].kept_format;
      }
    }
  }

  // Says which batch it was, where there are several.
  LoadFailure of_part(LoadFailure failure, std::size_t index) const {
    if (failure.code != 0 && !request_.later_files.empty()) {
      failure.message = fmt::format("Batch {}: {}", index + 1, failure.message);
    }
    return failure;
  }

  LoadStep<void> find_view() {
    if (!request_.view_id) return {};
    auto view = warehouse_.find_view(request_.workspace_id, *request_.view_id);
    if (!view) return view.error();
    if (!*view) return LoadFailure(7104, "The table is not there any more.");
    view_ = std::move(*view);
    return {};
  }

  LoadStep<zoho::JobDetails> write(std::vector<Part>& parts) {
    auto writing = warehouse_.begin_writing(stop_);
    if (!writing) return writing.error();
    try {
      auto details = write_parts(*writing, parts);
      if (!details) return details.error();
      write_loaded_job(writing->database(), request_.job_id, zoho::encode_job_details(*details));
      if (auto committed = writing->commit(); !committed) return committed.error();
      return details;
    } catch (const SQLite::Exception& exception) {
      return db::error_from_sqlite(exception, "cannot load into the warehouse");
    }
  }

  LoadStep<zoho::JobDetails> write_parts(Warehouse::Writing& writing, std::vector<Part>& parts) {
    if (view_ && options_.import_type == zoho::ImportType::truncateadd) truncate(writing.database(), *view_);
    std::vector<zoho::JobDetails> ends;
    for (Part& part : parts) {
      plan_ = std::move(part.plan);
      rules_ = std::move(part.rules);
      auto records = part.file->rows();
      if (!records) return of_part(records.error(), ends.size());
      CheckedRows rows(std::move(*records), plan_, rules_, options_.on_error, stop_);
      auto details = write_rows(writing, rows);
      if (!details) return of_part(details.error(), ends.size());
      ends.push_back(std::move(*details));
    }
    number_rows(writing.database(), *view_);
    if (ends.size() == 1) return std::move(ends.front());
    return add_up(request_.job_id, ends);
  }

  LoadStep<zoho::JobDetails> write_rows(Warehouse::Writing& writing, CheckedRows& rows) {
    db::Database& database = writing.database();
    const bool is_new = !view_;
    if (is_new) {
      if (auto made = make_table(writing); !made) return made.error();
    }
    const bool update = !is_new && options_.import_type == zoho::ImportType::updateadd;
    if (!is_new) keep_date_formats(database);
    RowPipe pipe(plan_.columns.size());
    ReadingRows reading(rows, pipe);
    const std::int64_t written = update ? write_one_by_one(database, pipe) : insert_all(database, *view_, plan_, pipe);
    if (pipe.failure()) return *pipe.failure();
    reading.join();
    note_line_breaks(database, rows);
    return details(rows, written, is_new);
  }

  std::int64_t write_one_by_one(db::Database& database, RowPipe& pipe) {
    RowWriter writer(database, *view_, plan_, options_.match_nulls.value_or(false));
    std::int64_t written = 0;
    for (; const auto row = pipe.next(); ++written) writer.write(*row);
    return written;
  }

  LoadStep<void> make_table(Warehouse::Writing& writing) {
    const std::string name = request_.config.table_name.value_or("");
    if (read_view_by_name(writing.database(), request_.workspace_id, name)) {
      return LoadFailure(7111, "A table named '" + zoho::escape_html(name) + "' is already there.");
    }
    NewView wanted{request_.workspace_id, request_.workspace_name, name, {}};
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      wanted.columns.push_back(
          {"", plan_.columns[i].name, rules_[i].type, rules_[i].has_time, 0, rules_[i].kept_format});
    }
    view_ = make_view(writing.database(), wanted, writing.now());
    return {};
  }

  // Whether a column of text has several lines is known only at the end.
  void note_line_breaks(db::Database& database, const CheckedRows& rows) {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (!rules_[i].is_guess || rules_[i].type != DataType::plain || !rows.has_breaks(i)) continue;
      rules_[i].type = DataType::multi_line;
      set_column_type(database, view_->id, plan_.columns[i].name, DataType::multi_line);
    }
  }

  void keep_date_formats(db::Database& database) const {
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (rules_[i].kept_format.empty()) continue;
      keep_date_format(database, view_->id, plan_.columns[i].name, rules_[i].kept_format);
    }
  }

  zoho::JobDetails details(const CheckedRows& rows, std::int64_t written, bool is_new) const {
    static constexpr std::array type_names{"APPEND", "TRUNCATEADD", "UPDATEADD"};
    zoho::JobDetails details;
    details.job_id = request_.job_id;
    details.code = zoho::JobCode::completed;
    zoho::ImportSummary& summary = details.summary.emplace();
    summary.import_type = is_new ? "APPEND" : type_names[static_cast<std::size_t>(options_.import_type) - 1];
    summary.total_columns = static_cast<std::int64_t>(plan_.header_fields);
    summary.selected_columns = static_cast<std::int64_t>(plan_.columns.size());
    summary.total_rows = rows.rows_read();
    summary.success_rows = written;
    summary.warnings = rows.warnings();
    summary.operation = is_new ? "created" : "updated";
    if (is_new) details.view_id = view_->id;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      details.columns[plan_.columns[i].name] = display_name(rules_[i].type);
    }
    details.import_errors = rows.offences().html();
    return details;
  }

  Warehouse& warehouse_;
  const LoadRequest& request_;
  const zoho::ImportOptions& options_;
  std::stop_token stop_;
  std::optional<View> view_;
  Plan plan_;
  std::vector<ColumnRules> rules_;
};

zoho::JobDetails failed(const LoadRequest& request, const LoadFailure& failure) {
  zoho::JobDetails details;
  details.job_id = request.job_id;
  details.code = zoho::JobCode::failed;
  details.error_code = failure.code;
  details.error_message = failure.message;
  if (!request.is_one_batch) details.error_message += "<br>Nothing was written.";
  return details;
}

}  // namespace

Result<zoho::JobDetails> load(Warehouse& warehouse, const LoadRequest& request, std::stop_token stop) {
  const auto before = warehouse.loaded_job(request.job_id);
  if (!before) return before.error();
  if (*before) return zoho::decode_job_details(**before);
  auto loaded = Load(warehouse, request, std::move(stop)).run();
  if (loaded) return *std::move(loaded);
  if (loaded.error().code == 0) return loaded.error().cause;
  return failed(request, loaded.error());
}

}  // namespace dropload::service
