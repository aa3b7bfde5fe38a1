#include "common/base/crash_point.h"
#include "daemon/service/import_checks.h"

namespace dropload::service {
namespace {

bool has_column(const View& view, std::string_view name) {
  return std::ranges::any_of(view.columns, [&](const Column& column) { return same_name(column.name, name); });
}

// 7107 and 8046: columns that an existing table has not.
std::optional<zoho::Refusal> objection_to(const zoho::ImportOptions& options, const View& view) {
  for (const std::string& name : options.matching_columns) {
    if (!has_column(view, name)) {
      return zoho::refuse(7107, fmt::format("The matching column {} is not in the table {}.", name, view.name));
    }
  }
  for (const std::string& name : options.selected_columns) {
    if (!has_column(view, name)) {
      return zoho::refuse(8046, fmt::format("The selected column {} is not in the table {}.", name, view.name));
    }
  }
  return std::nullopt;
}

// 7111: a table has the name, or an open job is to make one of it.
std::optional<zoho::Refusal> objection_to_name(Context& context, const Workspace& workspace, const std::string& name) {
  const auto taken = context.warehouse.find_view_by_name(workspace.id, name);
  if (!taken) return internal_error(taken.error());
  if (*taken) {
    return zoho::refuse(7111, fmt::format("A table with the name {} exists already in the workspace.", name));
  }
  const auto promised = context.jobs.is_to_make(workspace.id, name);
  if (!promised) return internal_error(promised.error());
  if (!*promised) return std::nullopt;
  return zoho::refuse(
      7111, fmt::format("Another import job, which has not ended, makes the table {}. Wait for its end, then import "
                        "into that table.",
                        name));
}

}  // namespace

zoho::Refusal no_slot() {
  return zoho::refuse(
      8134, "The organization has as many import jobs queued or running as it may. Wait until one has ended.");
}

Checked<zoho::ImportConfig> check_config(Context& context, const Destination& destination, zoho::ImportCall call,
                                         const std::string& text) {
  auto decoded = zoho::decode_config(text, call);
  if (decoded.refusal) return *decoded.refusal;
  if (auto unknown = zoho::objection_to_keys(text)) return *unknown;
  zoho::ImportConfig& config = *decoded.config;
  if (destination.view) {
    if (auto objection = objection_to(config.options, *destination.view)) return *objection;
    return std::move(config);
  }
  if (auto objection = objection_to_name(context, *destination.workspace, *config.table_name)) return *objection;
  return std::move(config);
}

http::Awaitable<std::optional<zoho::Refusal>> objection_before_body(Context& context, Destination destination,
                                                                    zoho::ImportCall call,
                                                                    std::optional<std::string> config) {
  const auto room = context.jobs.has_room(destination.workspace->organization_id);
  if (!room) co_return internal_error(room.error());
  if (!*room) co_return no_slot();
  if (!config) co_return std::nullopt;
  const auto checked = check_config(context, destination, call, *config);
  if (!checked) co_return checked.error();
  if (!checked->callback_url) co_return std::nullopt;
  co_return co_await objection_to_callback(*checked->callback_url, context.private_callbacks);
}

NewJob new_job(const Caller& caller, const Destination& destination, std::string job_id,
               const zoho::ImportConfig& config, std::string config_text) {
  NewJob job;
  job.id = std::move(job_id);
  job.organization_id = destination.workspace->organization_id;
  job.workspace_id = destination.workspace->id;
  if (destination.view) job.view_id = destination.view->id;
  job.table_name = config.table_name.value_or("");
  job.config = std::move(config_text);
  job.callback_url = config.callback_url;
  if (!caller.account->is_everybody) job.account = caller.account->key;
  return job;
}

http::Awaitable<Checked<std::string>> receive_upload(Context& context, Call& call, UploadFile& file) {
  const std::string content_type(call.request.headers[boost::beast::http::field::content_type]);
  const auto form = co_await receive_form(*call.request.body, content_type, file, context.max_file_bytes, context.pool);
  if (!form) co_return form.error();
  const auto from_query = call.query.find("CONFIG");
  const std::optional<std::string> config = from_query ? from_query : form->config;
  if (!config) co_return missing("CONFIG");
  crash_point("service-upload-whole");
  const auto synced = co_await context.pool.run([&] { return file.sync(); });
  if (!synced) co_return internal_error(synced.error());
  co_return *config;
}

namespace {

zoho::ImportCall call_of(const Destination& destination) {
  return destination.view ? zoho::ImportCall::existing_table : zoho::ImportCall::new_table;
}

// The bytes are on the disk before the job is committed, and the job is before anyone hears of it.
Checked<void> commit(Context& context, const Caller& caller, const Destination& destination, const std::string& job_id,
                     std::string config_text, UploadFile& file) {
  // Looked at again: the tables may have changed while the body came.
  const auto config = check_config(context, destination, call_of(destination), config_text);
  if (!config) return config.error();
  const NewJob job = new_job(caller, destination, job_id, *config, std::move(config_text));
  const auto added = context.jobs.add(job, context.clock.now());
  if (!added) return internal_error(added.error());
  if (!*added) return no_slot();
  crash_point("service-job-queued");
  file.keep();
  return {};
}

http::Awaitable<Checked<void>> receive(Context& context, Call call, Destination destination, std::string job_id) {
  auto file = UploadFile::create(context.files, context.uploads / job_id);
  if (!file) co_return internal_error(file.error());
  const auto config = co_await receive_upload(context, call, *file);
  if (!config) co_return config.error();
  if (!call.query.find("CONFIG")) {
    // It has only come now.
    const auto objection = co_await objection_before_body(context, destination, call_of(destination), *config);
    if (objection) co_return *objection;
  }
  co_return commit(context, call.caller, destination, job_id, *config, *file);
}

Answering create(Context& context, Call call, Destination destination) {
  auto in_query = call.query.find("CONFIG");
  const auto objection =
      co_await objection_before_body(context, destination, call_of(destination), std::move(in_query));
  if (objection) co_return refused(*objection);
  const auto job_id = context.ids.next();
  if (!job_id) co_return failed(job_id.error());
  const auto received = co_await receive(context, call, destination, *job_id);
  if (!received) co_return refused(received.error());
  context.runner.wake();
  co_return success("Create bulk import job", zoho::encode_job_created({*job_id, std::nullopt}));
}

}  // namespace

Answering answer_create_new(Context& context, Call call) {
  const auto workspace = workspace_of(context, call);
  if (!workspace) co_return refused(workspace.error());
  Destination destination{*workspace, std::nullopt};
  co_return co_await create(context, call, std::move(destination));
}

Answering answer_create_existing(Context& context, Call call) {
  const auto workspace = workspace_of(context, call);
  if (!workspace) co_return refused(workspace.error());
  auto view = view_of(context, call);
  if (!view) co_return refused(view.error());
  Destination destination{*workspace, std::move(*view)};
  co_return co_await create(context, call, std::move(destination));
}

}  // namespace dropload::service
