#include "common/zoho/answers.h"

#include "common/zoho/json.h"

namespace dropload::zoho {
namespace {

Refusal decode_failure(int http_status, const Json& envelope) {
  Refusal refusal{http_status, 0, "", ""};
  if (const auto* symbol = member(envelope, "summary"); symbol != nullptr && symbol->is_string()) {
    refusal.symbol = symbol->get<std::string>();
  }
  const auto* data = member(envelope, "data");
  if (data == nullptr) return refusal;
  if (const auto* code = member(*data, "errorCode")) refusal.code = static_cast<int>(number_of(*code).value_or(0));
  if (const auto* message = member(*data, "errorMessage"); message != nullptr && message->is_string()) {
    refusal.message = message->get<std::string>();
  }
  return refusal;
}

}  // namespace

Result<Answer> decode_answer(int http_status, std::string_view body) {
  const auto envelope = parse_json(body);
  const auto* status = envelope ? member(*envelope, "status") : nullptr;
  if (status == nullptr || (*status != "success" && *status != "failure")) {
    return error(Errc::protocol, "HTTP {} without the service's envelope {{\"status\": \"success\" or \"failure\", …}}",
                 http_status);
  }
  if (*status == "failure") return Answer(decode_failure(http_status, *envelope));
  if (http_status >= 400) return error(Errc::protocol, "HTTP {} with an answer that says \"success\"", http_status);
  auto summary = text_member_or_empty(*envelope, "summary", "the answer");
  if (!summary) return summary.error();
  const auto* data = member(*envelope, "data");
  return Answer(Success{std::move(*summary), data == nullptr ? "{}" : to_text(*data)});
}

std::string encode_success(std::string_view summary, std::string_view data_json) {
  // The data are JSON already: they are put in as they are.
  const Json head{{"status", "success"}, {"summary", summary}};
  auto text = to_text(head);
  text.pop_back();
  return text + ",\"data\":" + std::string(data_json) + "}";
}

std::string encode_failure(const Refusal& refusal) {
  return to_text(Json{{"status", "failure"},
                      {"summary", refusal.symbol},
                      {"data", {{"errorCode", refusal.code}, {"errorMessage", refusal.message}}}});
}

std::string encode_job_created(const JobCreated& created) {
  Json data = Json::object();
  if (created.batch_key) data["batchKey"] = *created.batch_key;
  data["jobId"] = created.job_id;
  return to_text(data);
}

Result<JobCreated> decode_job_created(std::string_view data_json) {
  constexpr std::string_view where = "the answer to a create call";
  const auto data = parse_json(data_json);
  if (!data) return error(Errc::protocol, "{} is not JSON", where);
  JobCreated created;
  auto job_id = text_member(*data, "jobId", where);
  if (!job_id) return job_id.error();
  if (job_id->empty()) return error(Errc::protocol, "{}: \"jobId\" is empty", where);
  created.job_id = std::move(*job_id);
  if (member(*data, "batchKey") != nullptr) {
    auto key = text_member(*data, "batchKey", where);
    if (!key) return key.error();
    created.batch_key = std::move(*key);
  }
  return created;
}

}  // namespace dropload::zoho
