#include "common/base/json_depth.h"
#include "common/base/text.h"
#include "daemon/api/json_members.h"
#include "daemon/api/json_types.h"

namespace dropload::api {
namespace {

template <typename Row>
Json object_of(const Row& row);

template <typename Number>
requires std::is_arithmetic_v<Number> Json value_of(Number number) {
  return number;
}
template <typename Word>
requires std::is_enum_v<Word> Json value_of(Word word) {
  return to_string(word);
}
Json value_of(const std::string& text) {
  return readable(text);
}
Json value_of(Time time) {
  return to_rfc3339(time);
}
Json value_of(const queue::Rows& rows) {
  return object_of(rows);
}
Json value_of(const queue::Pause& pause) {
  return object_of(pause);
}
Json value_of(const DropView& drop) {
  return object_of(drop);
}
Json value_of(const queue::InPackage& package) {
  return object_of(package);
}
Json value_of(const IntakeView& intake) {
  return object_of(intake);
}
template <typename T>
Json value_of(const std::optional<T>& value) {
  return value ? value_of(*value) : Json(nullptr);
}

class Writer {
 public:
  template <typename T>
  void operator()(const char* name, const T& value) {
    object_[name] = value_of(value);
  }
  void path(const char* name, const std::string& bytes) { object_[name] = escaped(bytes); }
  void path(const char* name, const std::optional<std::string>& bytes) {
    object_[name] = bytes ? Json(escaped(*bytes)) : Json(nullptr);
  }
  void document(const char* name, const std::string& text) {
    if (text.empty()) {
      object_[name] = nullptr;
      return;
    }
    Json parsed = nests_deeper_than(text) ? Json(Json::value_t::discarded) : Json::parse(text, nullptr, false);
    object_[name] = parsed.is_discarded() ? Json(readable(text)) : std::move(parsed);
  }
  Json take() { return std::move(object_); }

 private:
  Json object_ = Json::object();
};

template <typename Row>
Json object_of(const Row& row) {
  Writer writer;
  visit_members(writer, row);
  return writer.take();
}

template <typename Row>
Json array_of(const std::vector<Row>& rows) {
  Json array = Json::array();
  for (const Row& row : rows) array.push_back(object_of(row));
  return array;
}

Json lines_of(const std::string& text) {
  Json lines = Json::array();
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    lines.push_back(readable(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return lines;
}

Json or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(readable(text));
}

}  // namespace

Json encode(const queue::Submission& submission) {
  return object_of(submission);
}

Json encode(const PackageDetail& detail) {
  const auto& package = detail.package;
  Json json;
  json["id"] = package.id;
  json["route"] = readable(package.route);
  json["source"] = to_string(package.source);
  json["file_name"] = escaped(package.file_name);
  json["size"] = package.size;
  json["sha256"] = package.sha256;
  json["accepted_at"] = to_rfc3339(package.accepted_at);
  json["drop_directory"] = package.drop_directory ? Json(escaped(*package.drop_directory)) : Json(nullptr);
  json["retired_to"] = package.retired_to ? Json(escaped(*package.retired_to)) : Json(nullptr);
  json["members"] = package.members;
  json["left_out_count"] = package.left_out_count;
  json["left_out"] = lines_of(package.left_out);
  Json document;
  document["package"] = std::move(json);
  document["submissions"] = array_of(detail.members);
  return document;
}

Json encode(const SubmissionDetail& detail) {
  Json json = object_of(detail.submission);
  json["waits_because"] = or_null(detail.waits_because);
  json["findings"] = array_of(detail.submission.findings);
  json["jobs"] = array_of(detail.jobs);
  json["timeline"] = array_of(detail.timeline);
  return json;
}

Json encode(const SubmissionPage& page) {
  Json json;
  json["submissions"] = array_of(page.submissions);
  for (Json& submission : json["submissions"]) {
    const auto found = page.waits.find(submission["id"].get<queue::SubmissionId>());
    submission["waits_because"] = or_null(found == page.waits.end() ? "" : found->second);
  }
  json["next"] = value_of(page.next);
  return json;
}

Json encode(const OrganizationView& organization) {
  return object_of(organization);
}

std::optional<DropView> drop_view(const intake::Standing* standing) {
  if (standing == nullptr) return std::nullopt;
  DropView view{std::string(to_string(standing->attention)), standing->reason, standing->since};
  view.arriving = standing->arriving;
  view.ignored = standing->ignored.count();
  view.not_taken = standing->not_taken.count();
  view.directories = standing->directories;
  view.unwatched = standing->unwatched;
  view.overflows = standing->overflows;
  return view;
}

IntakeView intake_view(const std::optional<intake::Intake::Standstill>& standstill, const intake::Standing* standing) {
  if (standstill) return {"stopped", standstill->reason, standstill->since};
  if (standing != nullptr && standing->stopped) return {"stopped", standing->stopped->reason, standing->stopped->since};
  return {};
}

IgnoredView ignored_view(const intake::Standing& standing) {
  IgnoredView view;
  view.count = standing.ignored.count();
  view.not_taken_count = standing.not_taken.count();
  for (const auto& [name, why] : standing.ignored.first()) view.ignored.push_back({name, why});
  for (const auto& [name, why] : standing.not_taken.first()) view.not_taken.push_back({name, why});
  return view;
}

Json encode(const IgnoredView& ignored) {
  Json json;
  json["count"] = ignored.count;
  json["ignored"] = array_of(ignored.ignored);
  json["not_taken_count"] = ignored.not_taken_count;
  json["not_taken"] = array_of(ignored.not_taken);
  return json;
}

ExpectedView expected_view(const std::string& expect, const intake::Judgement& judged) {
  return {expect,           std::string(to_string(judged.arrived)), judged.sentence, judged.due, judged.next_due,
          judged.submission};
}

Json encode(const queue::Route& route, const std::optional<queue::Pause>& paused, const std::optional<DropView>& drop,
            const std::vector<ExpectedView>& expected, const IntakeView& intake) {
  Json json;
  json["name"] = readable(route.name);
  json["organization"] = readable(route.organization);
  json["workspace"] = readable(route.workspace);
  json["table"] = or_null(route.table);
  json["table_pattern"] = or_null(route.table_pattern);
  json["table_from_directory"] = route.table_from_directory;
  json["create"] = route.create;
  json["import_type"] = zoho::to_string(route.options.import_type);
  json["on_error"] = zoho::to_string(route.options.on_error);
  json["drop_directory"] = route.drop ? Json(escaped(route.drop->directory)) : Json(nullptr);
  json["priority"] = route.priority;
  json["supersede"] = route.supersede;
  json["paused"] = value_of(paused);
  json["drop"] = value_of(drop);
  json["expected"] = array_of(expected);
  json["intake"] = value_of(intake);
  return json;
}

}  // namespace dropload::api
