#include "daemon/target/reading.h"

#include <charconv>

namespace dropload::target {
namespace {

// Retry-After in seconds (RFC 9110, 10.2.3); its form as a date is not known to be used here.
std::optional<Milliseconds> retry_after(const http::ClientResponse& response) {
  const auto field = response.headers.find(boost::beast::http::field::retry_after);
  if (field == response.headers.end()) return std::nullopt;
  const std::string_view text(field->value().data(), field->value().size());
  std::int64_t seconds = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t longest = 24 * 3600;
  if (ec != std::errc{} || end != text.data() + text.size() || seconds < 0 || seconds > longest) return std::nullopt;
  return Milliseconds{seconds * 1000};
}

Refused refused(const http::ClientResponse& response, zoho::Refusal refusal) {
  return {std::move(refusal), retry_after(response)};
}

// An answer that is not the API's: a proxy, a captive portal, a page that says that the service is being mended. It
// tells nothing about the file. Three are what they say wherever they come from.
std::variant<Refused, NeverSent> read_stranger(const http::ClientResponse& response) {
  const auto status = static_cast<int>(response.status);
  switch (response.status) {
    case http::Status::unauthorized:
    case http::Status::too_many_requests:
    case http::Status::payload_too_large:
      return refused(response, {status, 0, "", fmt::format("an answer that is not the API's, with HTTP {}", status)});
    default:
      return NeverSent{error(Errc::protocol, "something that is not the API answered HTTP {}", status)};
  }
}

// The same to a create call. What has had the whole of it may have passed it on, whatever it then says: a proxy puts a
// page of its own, with a status of its own and a Retry-After, in the place of an answer that it does not like or did
// not get. But who is refused for the token, the pace or the size has not been let through.
SubmitResult read_stranger_to_create(const http::ClientResponse& response, bool whole_sent) {
  auto read = read_stranger(response);
  if (auto* refusal = std::get_if<Refused>(&read)) return std::move(*refusal);
  auto& error = std::get<NeverSent>(read).error;
  if (!whole_sent) return NeverSent{std::move(error)};
  error.message += " when it had the whole file";
  return MaybeSent{std::move(error)};
}

}  // namespace

SubmitResult read_create_answer(const http::ClientResult& result, const std::string& workspace_id, bool whole_sent) {
  if (const auto* failure = std::get_if<http::ClientFailure>(&result)) {
    if (failure->maybe_sent) return MaybeSent{failure->error};
    return NeverSent{failure->error};
  }
  const auto& response = std::get<http::ClientResponse>(result);
  const auto status = static_cast<int>(response.status);
  const auto answer = zoho::decode_answer(status, response.body);
  if (!answer) return read_stranger_to_create(response, whole_sent);
  if (const auto* refusal = std::get_if<zoho::Refusal>(&*answer)) return refused(response, *refusal);
  const auto created = zoho::decode_job_created(std::get<zoho::Success>(*answer).data);
  if (!created) return MaybeSent{created.error()};
  Accepted accepted{workspace_id, created->job_id, std::nullopt};
  if (created->batch_key) accepted.series = Series{workspace_id, "", *created->batch_key};
  return accepted;
}

SubmitResult read_as_batch(SubmitResult result, const std::string& view_id, const std::optional<Series>& series) {
  auto* accepted = std::get_if<Accepted>(&result);
  if (accepted == nullptr) return result;
  if (series) {
    accepted->series = series;
  } else if (!accepted->series || accepted->series->key.empty()) {
    return MaybeSent{error(Errc::protocol, "the answer to the first batch has no \"batchKey\"")};
  } else {
    accepted->series->view_id = view_id;
  }
  return result;
}

ReadResult read_data(const http::ClientResult& result) {
  if (const auto* failure = std::get_if<http::ClientFailure>(&result)) return NeverSent{failure->error};
  const auto& response = std::get<http::ClientResponse>(result);
  const auto status = static_cast<int>(response.status);
  const auto answer = zoho::decode_answer(status, response.body);
  if (!answer) {
    if (status < 300) return NeverSent{answer.error()};
    return std::visit([](auto&& read) -> ReadResult { return std::move(read); }, read_stranger(response));
  }
  if (const auto* refusal = std::get_if<zoho::Refusal>(&*answer)) return refused(response, *refusal);
  return std::get<zoho::Success>(*answer).data;
}

std::optional<Time> date_of(const http::ClientResult& result) {
  const auto* response = std::get_if<http::ClientResponse>(&result);
  if (response == nullptr) return std::nullopt;
  const auto field = response->headers.find(boost::beast::http::field::date);
  if (field == response->headers.end()) return std::nullopt;
  const std::string text(field->value().data(), field->value().size());
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return Time{static_cast<std::int64_t>(::timegm(&parts)) * 1000};
}

StatusResult read_status_answer(const http::ClientResult& result) {
  auto data = read_data(result);
  if (auto* refusal = std::get_if<Refused>(&data)) return std::move(*refusal);
  if (auto* never = std::get_if<NeverSent>(&data)) return std::move(*never);
  auto& text = std::get<std::string>(data);
  auto details = zoho::decode_job_details(text);
  if (!details) return NeverSent{details.error()};
  return Details{std::move(*details), std::move(text)};
}

}  // namespace dropload::target
