#include "common/base/text.h"
#include "daemon/api/endpoints.h"
#include "daemon/api/sentences.h"

// How all stands, for the page and for `dropload status`.

namespace dropload::api {
namespace {

constexpr std::array all_states{queue::SubmissionState::queued,    queue::SubmissionState::importing,
                                queue::SubmissionState::held,      queue::SubmissionState::done,
                                queue::SubmissionState::failed,    queue::SubmissionState::cancelled,
                                queue::SubmissionState::superseded};

Json time_or_null(const std::optional<Time>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

Json json_of(const queue::CountsByState& counts, std::span<const queue::SubmissionState> states) {
  Json json = Json::object();
  for (const auto state : states) {
    const auto found = counts.find(state);
    json[std::string(to_string(state))] = found == counts.end() ? 0 : found->second;
  }
  return json;
}

Json json_of(const StandingSentence& sentence) {
  Json json;
  json["severity"] = to_string(sentence.severity);
  json["text"] = readable(sentence.text);
  json["advice"] = readable(sentence.advice);
  json["link"] = nullptr;
  if (sentence.link) json["link"] = {{"kind", sentence.link->kind}, {"name", readable(sentence.link->name)}};
  return json;
}

Json json_of(const queue::LastDay& day) {
  Json json;
  json["done"] = day.done;
  json["failed"] = day.failed;
  json["held"] = day.held;
  json["rows"] = day.rows;
  json["bytes"] = day.bytes;
  json["rows_rejected"] = day.rows_rejected;
  return json;
}

Json json_of(const std::optional<queue::LastDone>& last) {
  if (!last) return nullptr;
  Json json;
  json["id"] = last->id;
  json["file_name"] = escaped(last->file_name);
  json["table"] = readable(last->table);
  json["at"] = to_rfc3339(last->at);
  return json;
}

Json json_of(const StandingFacts& facts, Time started_at, Time now) {
  const auto sentences = standing_sentences(facts, now);
  const auto& overview = facts.overview;
  Json json;
  json["now"] = to_rfc3339(now);
  json["version"] = DROPLOAD_VERSION;
  json["started_at"] = to_rfc3339(started_at);
  json["standing"] = standing_word(sentences);
  json["sentences"] = Json::array();
  for (const auto& sentence : sentences) json["sentences"].push_back(json_of(sentence));
  json["states"] = json_of(overview.states, all_states);
  json["last_day"] = json_of(overview.last_day);
  json["oldest_waiting_at"] = time_or_null(overview.oldest_waiting_at);
  json["last_done"] = json_of(overview.last_done);
  return json;
}

struct FromStore {
  StandingFacts facts;
  std::map<std::string, queue::Pause> route_pauses;
};

Result<FromStore> read_facts(queue::Store& store, const Scheduling& scheduling) {
  FromStore read;
  auto overview = queue::read_overview(store, scheduling.now);
  if (!overview) return overview.error();
  read.facts.overview = std::move(*overview);
  auto organizations = read_organizations(store, scheduling, read.facts.overview);
  if (!organizations) return organizations.error();
  read.facts.organizations = std::move(*organizations);
  auto pauses = store.route_pauses();
  if (!pauses) return pauses.error();
  read.route_pauses = std::move(*pauses);
  return read;
}

Json json_of(const std::optional<queue::Spread>& spread) {
  if (!spread) return nullptr;
  Json json;
  json["p50"] = spread->p50_ms;
  json["p95"] = spread->p95_ms;
  return json;
}

Json json_of(const queue::Bucket& bucket) {
  Json json;
  json["at"] = to_rfc3339(bucket.at);
  json["done"] = bucket.done;
  json["failed"] = bucket.failed;
  json["rows"] = bucket.rows;
  json["bytes"] = bucket.bytes;
  json["wait_ms"] = json_of(bucket.wait);
  json["import_ms"] = json_of(bucket.import_ms);
  return json;
}

}  // namespace

void add_numbers(Json& route, const queue::RouteNumbers& numbers) {
  static constexpr std::array states{queue::SubmissionState::queued, queue::SubmissionState::importing,
                                     queue::SubmissionState::held, queue::SubmissionState::failed};
  route["states"] = json_of(numbers.states, states);
  route["oldest_waiting_at"] = time_or_null(numbers.oldest_waiting_at);
  route["last_done_at"] = time_or_null(numbers.last_done_at);
}

Answer show_overview(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  const auto scheduling = scheduling_now(call.parts);
  auto work = [scheduling](queue::Store& store) { return read_facts(store, scheduling); };
  auto read = co_await call.parts.store.run(std::move(work));
  if (!read) co_return read.error();
  for (const auto& [name, route] : call.parts.routes) {
    const auto* standing = standing_of(call.parts, name);
    const auto paused = read->route_pauses.find(name);
    RouteFacts facts{name,
                     {},
                     drop_view(standing),
                     expected_of(call.parts, name),
                     intake_view(call.parts.intake.standstill(), standing)};
    if (paused != read->route_pauses.end()) facts.paused = paused->second;
    read->facts.routes.push_back(std::move(facts));
  }
  co_return json_response(http::Status::ok, json_of(read->facts, call.parts.started_at, scheduling.now));
}

Answer show_throughput(Call call) {
  if (auto known = expect_parameters(call.query, {"hours"}); !known) co_return known.error();
  const auto hours = parse_number(call.query.find("hours").value_or("24"), "hours");
  if (!hours) co_return hours.error();
  const auto most = std::min<std::int64_t>(*hours, queue::longest_throughput_hours + 1);  // fits, and is refused
  auto work = [most, now = call.parts.clock.now()](queue::Store& store) {
    return queue::read_throughput(store, static_cast<int>(most), now);
  };
  const auto buckets = co_await call.parts.store.run(std::move(work));
  if (!buckets) co_return buckets.error();
  Json json;
  json["bucket_seconds"] = queue::bucket_length.count() / 1000;
  json["buckets"] = Json::array();
  for (const auto& bucket : *buckets) json["buckets"].push_back(json_of(bucket));
  co_return json_response(http::Status::ok, json);
}

}  // namespace dropload::api
