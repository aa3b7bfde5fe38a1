#include "daemon/service/import_checks.h"
#include "daemon/service/unzip.h"

namespace dropload::service {
namespace {

// What may come out of a batch that was zipped, by what may come as it is.
constexpr std::uint64_t unzipped_by_zipped = 10;

zoho::ImportCall batch_call_of(const Destination& destination) {
  return destination.view ? zoho::ImportCall::existing_table_batch : zoho::ImportCall::new_table_batch;
}

// What every batch says: which job it belongs to, and whether it is the last.
struct BatchLabel {
  std::string key;
  bool is_last = false;
  [[nodiscard]] bool is_first() const { return key == zoho::first_batch_key; }
};

Checked<BatchLabel> label_of(const Destination& destination, const std::string& config) {
  auto decoded = zoho::decode_config(config, batch_call_of(destination));
  if (decoded.refusal) return *decoded.refusal;
  if (auto unknown = zoho::objection_to_keys(config)) return *unknown;
  return BatchLabel{decoded.config->batch_key.value_or(""), decoded.config->is_last_batch};
}

zoho::Refusal refusal_of(BatchTaken why) {
  switch (why) {
    case BatchTaken::closed:
      return zoho::refuse(7337, "The last batch of this job was received already (isLastBatch).");
    case BatchTaken::too_many:
      return zoho::refuse(
          7336, fmt::format("A job may have {} batches. Cut the data into fewer and larger ones.", max_batches));
    case BatchTaken::ended:
      return zoho::refuse(7338,
                          "The batch import job of this batchKey has ended: it failed, or waited too long for a batch. "
                          "Its details say why.");
    default:
      return zoho::refuse(7338, "There is no batch import job with this batchKey.");
  }
}

// 7340: the job is another table's.
bool belongs_to(const BatchJob& job, const Destination& destination) {
  if (job.workspace_id != destination.workspace->id) return false;
  if (!destination.view) return !job.view_id;
  return destination.view->id == job.view_id || destination.view->id == job.made_view_id;
}

// The open job that the batch belongs to.
Checked<BatchJob> find_job(Context& context, const Destination& destination, const std::string& key) {
  const auto found = context.jobs.find_batch_job(key);
  if (!found) return internal_error(found.error());
  if (!*found) return refusal_of(BatchTaken::unknown_key);
  const BatchJob& job = **found;
  if (!belongs_to(job, destination)) return zoho::refuse(7340, "The batchKey belongs to a job on another table.");
  if (job.is_closed) return refusal_of(BatchTaken::closed);
  if (job.has_ended) return refusal_of(BatchTaken::ended);
  if (job.batches >= max_batches) return refusal_of(BatchTaken::too_many);
  return job;
}

http::Awaitable<std::optional<zoho::Refusal>> objection_to_batch(Context& context, Destination destination,
                                                                 std::string config) {
  const auto label = label_of(destination, config);
  if (!label) co_return label.error();
  const auto call = batch_call_of(destination);
  if (label->is_first()) co_return co_await objection_before_body(context, destination, call, config);
  const auto job = find_job(context, destination, label->key);
  if (!job) co_return job.error();
  co_return std::nullopt;
}

// What is in the upload, when it is a ZIP file; nothing when it is to be taken as it is.
Checked<std::optional<UploadFile>> unzipped(Context& context, const std::filesystem::path& uploaded,
                                            const std::filesystem::path& to) {
  const auto zipped = is_zip(context.files, uploaded);
  if (!zipped) return internal_error(zipped.error());
  if (!*zipped) return std::optional<UploadFile>();
  auto file = UploadFile::create(context.files, to);
  if (!file) return internal_error(file.error());
  const UnzipLimits limits{.max_bytes = unzipped_by_zipped * context.max_file_bytes};
  if (auto done = unzip(context.files, uploaded, *file, limits); !done) return done.error();
  if (auto synced = file->sync(); !synced) return internal_error(synced.error());
  return std::optional<UploadFile>(std::move(*file));
}

struct AcceptedBatch {
  std::string job_id;
  std::string key;
};

Checked<AcceptedBatch> commit_first(Context& context, const Caller& caller, const Destination& destination,
                                    const std::string& config_text, bool is_last, const std::string& file) {
  const auto config = check_config(context, destination, batch_call_of(destination), config_text);
  if (!config) return config.error();
  const auto job_id = context.ids.next();
  if (!job_id) return internal_error(job_id.error());
  const auto key_id = context.ids.next();
  if (!key_id) return internal_error(key_id.error());
  const Time now = context.clock.now();
  NewJob job = new_job(caller, destination, *job_id, *config, config_text);
  const bool at_end = destination.view && config->options.import_type == zoho::ImportType::truncateadd;
  job.batch = FirstBatch{fmt::format("{}_{}", now.ms, *key_id), file, is_last, at_end};
  const auto added = context.jobs.add(job, now);
  if (!added) return internal_error(added.error());
  if (!*added) return no_slot();
  return AcceptedBatch{*job_id, job.batch->key};
}

Checked<AcceptedBatch> commit_next(Context& context, const Destination& destination, const BatchLabel& label,
                                   const std::string& file) {
  const auto job = find_job(context, destination, label.key);
  if (!job) return job.error();
  const auto taken = context.jobs.add_batch(label.key, file, label.is_last, context.clock.now());
  if (!taken) return internal_error(taken.error());
  if (*taken != BatchTaken::taken) return refusal_of(*taken);
  return AcceptedBatch{job->id, label.key};
}

http::Awaitable<Checked<AcceptedBatch>> receive_batch(Context& context, Call call, Destination destination) {
  const auto id = context.ids.next();
  if (!id) co_return internal_error(id.error());
  const std::filesystem::path path = context.uploads / *id;
  auto file = UploadFile::create(context.files, path);
  if (!file) co_return internal_error(file.error());
  const auto config = co_await receive_upload(context, call, *file);
  if (!config) co_return config.error();
  if (!call.query.find("CONFIG")) {
    // It has only come now.
    const auto objection = co_await objection_to_batch(context, destination, *config);
    if (objection) co_return *objection;
  }
  const std::string unzipped_name = *id + ".unzipped";
  auto content = co_await context.pool.run([&] { return unzipped(context, path, context.uploads / unzipped_name); });
  if (!content) co_return content.error();
  const std::string name = *content ? unzipped_name : *id;
  const auto label = label_of(destination, *config);
  if (!label) co_return label.error();
  auto accepted = label->is_first() ? commit_first(context, call.caller, destination, *config, label->is_last, name)
                                    : commit_next(context, destination, *label, name);
  if (!accepted) co_return accepted.error();
  (*content ? **content : *file).keep();
  co_return std::move(*accepted);
}

Answering take_batch(Context& context, Call call, Destination destination) {
  if (auto config = call.query.find("CONFIG")) {
    const auto objection = co_await objection_to_batch(context, destination, std::move(*config));
    if (objection) co_return refused(*objection);
  }
  auto accepted = co_await receive_batch(context, std::move(call), std::move(destination));
  if (!accepted) co_return refused(accepted.error());
  context.runner.wake();
  co_return success("Create bulk import job", zoho::encode_job_created({accepted->job_id, accepted->key}));
}

}  // namespace

Answering answer_batch_new(Context& context, Call call) {
  const auto workspace = workspace_of(context, call);
  if (!workspace) co_return refused(workspace.error());
  Destination destination{*workspace, std::nullopt};
  co_return co_await take_batch(context, std::move(call), std::move(destination));
}

Answering answer_batch_existing(Context& context, Call call) {
  const auto workspace = workspace_of(context, call);
  if (!workspace) co_return refused(workspace.error());
  auto view = view_of(context, call);
  if (!view) co_return refused(view.error());
  Destination destination{*workspace, std::move(*view)};
  co_return co_await take_batch(context, std::move(call), std::move(destination));
}

}  // namespace dropload::service
