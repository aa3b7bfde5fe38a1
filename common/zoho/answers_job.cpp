#include "common/zoho/answers.h"
#include "common/zoho/json.h"

namespace dropload::zoho {
namespace {

constexpr std::string_view in_the_details = "the details of a job";

bool has_ended(JobCode code) {
  return code == JobCode::failed || code == JobCode::completed;
}

Json encode_summary(const ImportSummary& summary) {
  return {{"importType", summary.import_type},
          {"totalColumnCount", summary.total_columns},
          {"selectedColumnCount", summary.selected_columns},
          {"totalRowCount", summary.total_rows},
          {"successRowCount", summary.success_rows},
          {"warnings", summary.warnings},
          {"importOperation", summary.operation}};
}

Json encode_info(const JobDetails& details) {
  Json info = Json::object();
  if (details.code == JobCode::failed) {
    if (details.error_code) info["errorCode"] = *details.error_code;
    info["errorMessage"] = details.error_message;
    return info;
  }
  if (details.view_id) info["viewId"] = *details.view_id;
  if (details.summary) info["importSummary"] = encode_summary(*details.summary);
  info["columnDetails"] = details.columns;
  info["importErrors"] = details.import_errors;
  return info;
}

Result<void> decode_summary(const Json& json, ImportSummary& summary) {
  struct Count {
    const char* key;
    std::int64_t& value;
  };
  for (const auto& [key, value] :
       {Count{"totalColumnCount", summary.total_columns}, Count{"selectedColumnCount", summary.selected_columns},
        Count{"totalRowCount", summary.total_rows}, Count{"successRowCount", summary.success_rows},
        Count{"warnings", summary.warnings}}) {
    const auto number = number_member(json, key, "importSummary");
    if (!number) return number.error();
    value = *number;
  }
  auto type = text_member_or_empty(json, "importType", "importSummary");
  if (!type) return type.error();
  summary.import_type = std::move(*type);
  auto operation = text_member_or_empty(json, "importOperation", "importSummary");
  if (!operation) return operation.error();
  summary.operation = std::move(*operation);
  return {};
}

Result<void> decode_completed(const Json& info, JobDetails& details) {
  const auto* summary = member(info, "importSummary");
  if (summary == nullptr) return error(Errc::protocol, "{}: completed, but without \"importSummary\"", in_the_details);
  if (auto decoded = decode_summary(*summary, details.summary.emplace()); !decoded) return decoded;
  if (member(info, "viewId") != nullptr) {
    auto view_id = text_member(info, "viewId", in_the_details);
    if (!view_id) return view_id.error();
    details.view_id = std::move(*view_id);
  }
  if (const auto* columns = member(info, "columnDetails"); columns != nullptr && columns->is_object()) {
    for (const auto& [column, type] : columns->items()) {
      if (type.is_string()) details.columns[column] = type.get<std::string>();
    }
  }
  auto errors = text_member_or_empty(info, "importErrors", in_the_details);
  if (!errors) return errors.error();
  details.import_errors = std::move(*errors);
  return {};
}

Result<void> decode_failed(const Json& info, JobDetails& details) {
  if (member(info, "errorCode") != nullptr) {
    const auto code = number_member(info, "errorCode", in_the_details);
    if (!code) return code.error();
    details.error_code = static_cast<int>(*code);
  }
  auto message = text_member_or_empty(info, "errorMessage", in_the_details);
  if (!message) return message.error();
  details.error_message = std::move(*message);
  return {};
}

Result<JobCode> decode_code(const Json& data) {
  const auto text = text_member(data, "jobCode", in_the_details);
  if (!text) return text.error();
  const auto number = parse_number(*text);
  if (!number || *number < 1001 || *number > 1005) {
    return error(Errc::protocol, "{}: \"jobCode\" should be 1001 to 1005, but it is \"{}\"", in_the_details, *text);
  }
  return static_cast<JobCode>(*number);
}

}  // namespace

std::string_view job_status_text(JobCode code) {
  switch (code) {
    case JobCode::not_initiated:
      return "JOB NOT INITIATED";
    case JobCode::in_progress:
      return "JOB IN PROGRESS";
    case JobCode::failed:
      return "ERROR OCCURRED";
    case JobCode::completed:
      return "JOB COMPLETED";
    case JobCode::not_found:
      return "JOB NOT FOUND";
  }
  return "";
}

std::string encode_job_details(const JobDetails& details) {
  Json data{{"jobId", details.job_id},
            {"jobCode", std::to_string(static_cast<int>(details.code))},
            {"jobStatus", job_status_text(details.code)}};
  if (details.batch_key) data["batchKey"] = *details.batch_key;
  if (has_ended(details.code)) data["jobInfo"] = encode_info(details);
  if (details.forgotten_at) data["expiryTime"] = std::to_string(details.forgotten_at->ms);
  return to_text(data);
}

Result<JobDetails> decode_job_details(std::string_view data_json) {
  const auto data = parse_json(data_json);
  if (!data) return error(Errc::protocol, "{} are not JSON", in_the_details);
  JobDetails details;
  const auto code = decode_code(*data);
  if (!code) return code.error();
  details.code = *code;
  auto job_id = text_member_or_empty(*data, "jobId", in_the_details);
  if (!job_id) return job_id.error();
  details.job_id = std::move(*job_id);
  if (member(*data, "batchKey") != nullptr) {
    auto key = text_member(*data, "batchKey", in_the_details);
    if (!key) return key.error();
    details.batch_key = std::move(*key);
  }
  if (member(*data, "expiryTime") != nullptr) {
    const auto expiry = number_member(*data, "expiryTime", in_the_details);
    if (!expiry) return expiry.error();
    details.forgotten_at = Time{*expiry};
  }
  const auto* info = member(*data, "jobInfo");
  const auto decoded = details.code == JobCode::completed ? decode_completed(info == nullptr ? Json() : *info, details)
                       : details.code == JobCode::failed  ? decode_failed(info == nullptr ? Json() : *info, details)
                                                          : Result<void>();
  if (!decoded) return decoded.error();
  return details;
}

}  // namespace dropload::zoho
