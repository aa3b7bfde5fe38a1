#include "daemon/queue/sidecar.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/base/text.h"

namespace dropload::queue {
namespace {

using nlohmann::json;

constexpr int version = 1;
constexpr std::string_view claimed_prefix = ".dropload-";

// What escaped() made, back to bytes. Nothing when it did not make it.
std::optional<std::string> unescaped(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
    } else if (text.substr(i, 2) == "\\\\") {
      bytes += '\\';
      ++i;
    } else {
      unsigned value = 0;
      const auto digits = text.substr(i, 4).substr(std::min<std::size_t>(2, text.size() - i));
      const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (!text.substr(i).starts_with("\\x") || digits.size() != 2 || failure != std::errc{} ||
          end != digits.data() + 2)
        return {};
      bytes += static_cast<char>(value);
      i += 3;
    }
  }
  return bytes;
}

std::string bytes_at(const json& object, const char* key) {
  const auto bytes = unescaped(object.at(key).get_ref<const std::string&>());
  // The same exception as for every other value that is not what it should be: decode_sidecar has one way out.
  if (!bytes) throw json::other_error::create(501, fmt::format("'{}' is not escaped text", key), &object);
  return *bytes;
}

// A sidecar of an earlier version says nothing of findings: it was accepted whatever there was.
void read_preflight(const json& object, Sidecar& sidecar) {
  const auto choice = parse_on_finding(object.value("preflight", "off"));
  if (!choice) throw json::other_error::create(501, "'preflight' is not a choice", &object);
  sidecar.on_finding = *choice;
  sidecar.may_clear_table = object.value("may_clear_table", true);
  sidecar.is_partial = object.value("is_partial", false);
  if (object.contains("findings")) {
    auto findings = decode_findings(object.at("findings").dump());
    if (!findings) throw json::other_error::create(501, findings.error().message, &object);
    sidecar.submission.findings = std::move(*findings);
  }
  if (object.contains("columns")) sidecar.submission.columns = decode_columns(object.at("columns").dump());
}

void write_preflight(json& object, const Sidecar& sidecar) {
  const auto& submission = sidecar.submission;
  object["preflight"] = queue::to_string(sidecar.on_finding);
  object["may_clear_table"] = sidecar.may_clear_table;
  object["is_partial"] = sidecar.is_partial;
  if (!submission.findings.empty()) object["findings"] = json::parse(queue::encode(submission.findings));
  if (!submission.columns.empty()) object["columns"] = json::parse(encode_columns(submission.columns));
}

Source source_at(const json& object, const char* key) {
  const auto source = parse_source(object.at(key).get_ref<const std::string&>());
  if (!source) throw json::other_error::create(501, fmt::format("'{}' is not a source", key), &object);
  return *source;
}

OnDuplicate on_duplicate_at(const json& object) {
  const auto choice = parse_on_duplicate(object.value("on_duplicate", "import"));
  if (!choice) throw json::other_error::create(501, "'on_duplicate' is not a choice", &object);
  return *choice;
}

std::string_view to_string(SizeBound bound) {
  switch (bound) {
    case SizeBound::one_json:
      return "json";
    case SizeBound::all_batches:
      return "batches";
    default:
      return "route";
  }
}

// A sidecar of an earlier version says nothing of it: it was the route's.
SizeBound bound_of(std::string_view word) {
  for (const auto bound : {SizeBound::one_json, SizeBound::all_batches}) {
    if (to_string(bound) == word) return bound;
  }
  return SizeBound::route;
}

Sidecar from_json(const json& object) {
  if (object.at("version").get<int>() != version) {
    throw json::other_error::create(501, fmt::format("version {} is not known here", object.at("version").dump()),
                                    &object);
  }
  Sidecar sidecar;
  auto& submission = sidecar.submission;
  submission.id = object.at("id").get<SubmissionId>();
  submission.route = bytes_at(object, "route");
  submission.table = {bytes_at(object, "organization"), bytes_at(object, "workspace"), bytes_at(object, "table")};
  submission.parallel = object.at("parallel").get<bool>();
  submission.source = source_at(object, "source");
  submission.file_name = bytes_at(object, "file_name");
  if (object.contains("drop_directory")) submission.drop_directory = bytes_at(object, "drop_directory");
  submission.size = object.at("size").get<std::uint64_t>();
  submission.sha256 = bytes_at(object, "sha256");
  submission.accepted_at.ms = object.at("accepted_at_ms").get<std::int64_t>();
  if (object.contains("records")) submission.records = object.at("records").get<std::int64_t>();
  submission.shape = object.value("shape", "");
  sidecar.subdirectory = bytes_at(object, "subdirectory");
  sidecar.max_bytes = object.at("max_bytes").get<std::uint64_t>();
  sidecar.bound = bound_of(object.value("bound", ""));
  sidecar.dropped = {object.value("file_device", std::uint64_t{0}), object.value("file_inode", std::uint64_t{0})};
  sidecar.drop_root = {object.value("directory_device", std::uint64_t{0}),
                       object.value("directory_inode", std::uint64_t{0})};
  sidecar.left_in_place = object.value("left_in_place", false);
  sidecar.stays = object.value("stays", false);
  sidecar.mtime_ns = object.value("mtime_ns", std::int64_t{0});
  submission.priority = object.value("priority", 0);
  submission.supersede = object.value("supersede", false);
  // One of an earlier version says nothing of duplicates: it was accepted whatever there was.
  submission.on_duplicate = on_duplicate_at(object);
  submission.duplicate_days = object.value("duplicate_days", 0);
  read_preflight(object, sidecar);
  if (object.contains("retry_of")) {
    submission.retry_of = object.at("retry_of").get<SubmissionId>();
    sidecar.taken_from = bytes_at(object, "taken_from");
    sidecar.taken_from_base = bytes_at(object, "taken_from_base");
  }
  submission.is_package = object.value("is_package", false);
  if (object.contains("package")) {
    submission.package = object.at("package").get<PackageId>();
    submission.member = bytes_at(object, "member");
  }
  sidecar.retiring_to = bytes_at(object, "retiring_to");
  sidecar.retiring_inode = object.value("retiring_inode", std::uint64_t{0});
  return sidecar;
}

}  // namespace

std::filesystem::path origin_path(const Sidecar& sidecar) {
  return std::filesystem::path(sidecar.submission.drop_directory.value()) / sidecar.subdirectory /
         sidecar.submission.file_name;
}

std::string claimed_name(SubmissionId id) {
  return fmt::format("{}{}", claimed_prefix, id);
}

std::optional<SubmissionId> claimed_by(std::string_view name) {
  if (!name.starts_with(claimed_prefix)) return std::nullopt;
  name.remove_prefix(claimed_prefix.size());
  SubmissionId id = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (failure != std::errc{} || end != name.data() + name.size() || id <= 0) return std::nullopt;
  return id;
}

std::string encode(const Sidecar& sidecar) {
  const auto& submission = sidecar.submission;
  json object{{"version", version},
              {"id", submission.id},
              {"route", escaped(submission.route)},
              {"organization", escaped(submission.table.organization)},
              {"workspace", escaped(submission.table.workspace)},
              {"table", escaped(submission.table.table)},
              {"parallel", submission.parallel},
              {"source", to_string(submission.source)},
              {"file_name", escaped(submission.file_name)},
              {"size", submission.size},
              {"sha256", submission.sha256},
              {"accepted_at_ms", submission.accepted_at.ms},
              {"subdirectory", escaped(sidecar.subdirectory)},
              {"max_bytes", sidecar.max_bytes},
              {"bound", to_string(sidecar.bound)},
              {"file_device", sidecar.dropped.device},
              {"file_inode", sidecar.dropped.inode},
              {"directory_device", sidecar.drop_root.device},
              {"directory_inode", sidecar.drop_root.inode},
              {"left_in_place", sidecar.left_in_place},
              {"stays", sidecar.stays},
              {"mtime_ns", sidecar.mtime_ns},
              {"priority", submission.priority},
              {"supersede", submission.supersede},
              {"on_duplicate", queue::to_string(submission.on_duplicate)},
              {"duplicate_days", submission.duplicate_days},
              {"retiring_to", escaped(sidecar.retiring_to)},
              {"retiring_inode", sidecar.retiring_inode}};
  if (submission.records) object["records"] = *submission.records;
  if (!submission.shape.empty()) object["shape"] = submission.shape;
  if (submission.drop_directory) object["drop_directory"] = escaped(*submission.drop_directory);
  write_preflight(object, sidecar);
  if (submission.is_package) object["is_package"] = true;
  if (submission.package) {
    object["package"] = *submission.package;
    object["member"] = escaped(submission.member);
  }
  if (submission.retry_of) {
    object["retry_of"] = *submission.retry_of;
    object["taken_from"] = escaped(sidecar.taken_from);
    object["taken_from_base"] = escaped(sidecar.taken_from_base);
  }
  return object.dump(2) + "\n";
}

Result<Sidecar> decode_sidecar(std::string_view text) {
  try {
    return from_json(json::parse(text));
  } catch (const json::exception& why) {
    return error(Errc::corrupt, "not a sidecar: {}", why.what());
  }
}

}  // namespace dropload::queue
