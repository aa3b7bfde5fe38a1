#include "common/base/json_depth.h"
#include "daemon/api/json_members.h"
#include "daemon/api/json_types.h"

namespace dropload::api {
namespace {

// read_value: false when the JSON is not of the kind.

template <typename Row>
Result<Row> row_from(const Json& json);

template <typename Number>
requires std::is_integral_v<Number>
bool read_value(const Json& json, Number& number) {
  if (!json.is_number_integer()) return false;
  number = json.get<Number>();
  return true;
}
bool read_value(const Json& json, bool& flag) {
  if (!json.is_boolean()) return false;
  flag = json.get<bool>();
  return true;
}
bool read_value(const Json& json, std::string& text) {
  if (!json.is_string()) return false;
  text = json.get<std::string>();
  return true;
}
bool read_value(const Json& json, Time& time) {
  const auto parsed = json.is_string() ? parse_rfc3339(json.get_ref<const std::string&>()) : Result<Time>(Error{});
  if (parsed) time = *parsed;
  return parsed.has_value();
}
template <typename Word>
bool take_word(const std::optional<Word>& parsed, Word& word) {
  if (parsed) word = *parsed;
  return parsed.has_value();
}
bool read_value(const Json& json, queue::SubmissionState& state) {
  return json.is_string() && take_word(queue::parse_submission_state(json.get<std::string>()), state);
}
bool read_value(const Json& json, queue::JobState& state) {
  return json.is_string() && take_word(queue::parse_job_state(json.get<std::string>()), state);
}
bool read_value(const Json& json, queue::Source& source) {
  return json.is_string() && take_word(queue::parse_source(json.get<std::string>()), source);
}
bool read_value(const Json& json, queue::Severity& severity) {
  return json.is_string() && take_word(queue::parse_severity(json.get<std::string>()), severity);
}
bool read_value(const Json& json, queue::Rows& rows) {
  const auto read = row_from<queue::Rows>(json);
  if (read) rows = *read;
  return read.has_value();
}
bool read_value(const Json& json, queue::Pause& pause) {
  const auto read = row_from<queue::Pause>(json);
  if (read) pause = *read;
  return read.has_value();
}
bool read_value(const Json& json, queue::InPackage& package) {
  const auto read = row_from<queue::InPackage>(json);
  if (read) package = *read;
  return read.has_value();
}
bool read_value(const Json& json, DropView& drop) {
  const auto read = row_from<DropView>(json);
  if (read) drop = *read;
  return read.has_value();
}
bool read_value(const Json& json, IntakeView& intake) {
  const auto read = row_from<IntakeView>(json);
  if (read) intake = *read;
  return read.has_value();
}
template <typename T>
bool read_value(const Json& json, std::optional<T>& value) {
  if (json.is_null()) return true;
  return read_value(json, value.emplace());
}

class Reader {
 public:
  explicit Reader(const Json& object) : object_(object) {}

  template <typename T>
  void operator()(const char* name, T& value) {
    const Json* member = find(name);
    if (member != nullptr && !read_value(*member, value)) fail("has a wrong value in", name);
  }
  template <typename T>
  void path(const char* name, T& shown) {
    (*this)(name, shown);
  }
  void document(const char* name, std::string& text) {
    const Json* member = find(name);
    if (member == nullptr || member->is_null()) return;
    text = member->is_string() ? member->get<std::string>() : member->dump();
  }
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  const Json* find(const char* name) {
    const auto found = object_.find(name);
    if (found != object_.end()) return &*found;
    fail("has no member", name);
    return nullptr;
  }
  void fail(const char* what, const char* name) {
    if (!failure_)
      failure_ =
          error(Errc::protocol, "the answer {} '{}'; client and daemon may be of different versions", what, name);
  }

  const Json& object_;
  std::optional<Error> failure_;
};

template <typename Row>
Result<Row> row_from(const Json& json) {
  Row row;
  Reader reader(json);
  visit_members(reader, row);
  if (reader.failure()) return *reader.failure();
  return row;
}

template <typename Row>
Result<std::vector<Row>> rows_from(const Json& object, const char* name) {
  const auto array = object.find(name);
  if (array == object.end() || !array->is_array()) return error(Errc::protocol, "the answer has no list '{}'", name);
  std::vector<Row> rows;
  for (const Json& element : *array) {
    auto row = row_from<Row>(element);
    if (!row) return row.error();
    rows.push_back(std::move(*row));
  }
  return rows;
}

// Why a submission waits; daemons before this one did not say.
std::string waits_because(const Json& submission) {
  const auto found = submission.find("waits_because");
  return found != submission.end() && found->is_string() ? found->get<std::string>() : "";
}

// An answer holds documents of the service, which are nested themselves.
Json parse(std::string_view text) {
  return nests_deeper_than(text, 2 * max_json_depth) ? Json() : Json::parse(text, nullptr, false);
}

}  // namespace

Result<queue::Submission> decode_submission(std::string_view text) {
  return row_from<queue::Submission>(parse(text));
}

Result<SubmissionDetail> decode_detail(std::string_view text) {
  const Json json = parse(text);
  auto submission = row_from<queue::Submission>(json);
  if (!submission) return submission.error();
  auto findings = rows_from<queue::Finding>(json, "findings");
  if (!findings) return findings.error();
  submission->findings = std::move(*findings);
  auto jobs = rows_from<queue::Job>(json, "jobs");
  if (!jobs) return jobs.error();
  auto timeline = rows_from<queue::Event>(json, "timeline");
  if (!timeline) return timeline.error();
  return SubmissionDetail{std::move(*submission), std::move(*jobs), std::move(*timeline), waits_because(json)};
}

Result<SubmissionPage> decode_page(std::string_view text) {
  const Json json = parse(text);
  auto submissions = rows_from<queue::Submission>(json, "submissions");
  if (!submissions) return submissions.error();
  SubmissionPage page{std::move(*submissions), std::nullopt};
  for (const Json& submission : json.at("submissions")) {
    if (auto why = waits_because(submission); !why.empty()) page.waits[submission.at("id")] = std::move(why);
  }
  Reader reader(json);
  reader("next", page.next);
  if (reader.failure()) return *reader.failure();
  return page;
}

Result<std::vector<AcceptedOne>> decode_accepted(std::string_view text) {
  const Json json = parse(text);
  std::vector<AcceptedOne> accepted;
  if (json.find("submissions") == json.end()) {
    auto submission = row_from<queue::Submission>(json);
    if (!submission) return submission.error();
    accepted.push_back({std::move(*submission), std::string(text)});
    return accepted;
  }
  auto members = rows_from<queue::Submission>(json, "submissions");
  if (!members) return members.error();
  for (std::size_t i = 0; i < members->size(); ++i) {
    accepted.push_back({std::move((*members)[i]), json.at("submissions").at(i).dump()});
  }
  return accepted;
}

Result<std::vector<OrganizationView>> decode_organizations(std::string_view text) {
  return rows_from<OrganizationView>(parse(text), "organizations");
}

Result<std::vector<RouteView>> decode_routes(std::string_view text) {
  const Json json = parse(text);
  auto routes = rows_from<RouteView>(json, "routes");
  if (!routes) return routes;
  for (std::size_t i = 0; i < routes->size(); ++i) {
    const Json& route = json.at("routes").at(i);
    if (!route.contains("expected")) continue;  // daemons before this one expected nothing
    auto expected = rows_from<ExpectedView>(route, "expected");
    if (!expected) return expected.error();
    (*routes)[i].expected = std::move(*expected);
  }
  return routes;
}

Result<IgnoredView> decode_ignored(std::string_view text) {
  const Json json = parse(text);
  IgnoredView view;
  auto ignored = rows_from<NameAndWhy>(json, "ignored");
  if (!ignored) return ignored.error();
  auto not_taken = rows_from<NameAndWhy>(json, "not_taken");
  if (!not_taken) return not_taken.error();
  Reader reader(json);
  reader("count", view.count);
  reader("not_taken_count", view.not_taken_count);
  if (reader.failure()) return *reader.failure();
  view.ignored = std::move(*ignored);
  view.not_taken = std::move(*not_taken);
  return view;
}

}  // namespace dropload::api
