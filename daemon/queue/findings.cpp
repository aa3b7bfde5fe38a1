#include "daemon/queue/findings.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "common/base/text.h"

namespace dropload::queue {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 3> on_finding_words{"warn", "hold", "off"};
constexpr std::array<std::string_view, 2> severity_words{"note", "warning"};

template <typename Word, std::size_t n>
std::optional<Word> word_of(const std::array<std::string_view, n>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Word>(found - words.begin() + 1);
}

// Names come from files, and a byte that is no UTF-8 must not keep a file from being accepted.
std::string text_of(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string cut(std::string text) {
  constexpr std::string_view more = "…";
  if (text.size() <= most_finding_bytes) return text;
  std::size_t end = 0;
  for (;;) {
    const auto bytes = std::max<std::size_t>(utf8_sequence(std::string_view(text).substr(end)), 1);
    if (end + bytes + more.size() > most_finding_bytes) break;
    end += bytes;
  }
  text.resize(end);
  return text.append(more);
}

}  // namespace

std::string_view to_string(OnFinding choice) {
  return on_finding_words.at(static_cast<std::size_t>(choice) - 1);
}

std::optional<OnFinding> parse_on_finding(std::string_view word) {
  return word_of<OnFinding>(on_finding_words, word);
}

std::string_view to_string(Severity severity) {
  return severity_words.at(static_cast<std::size_t>(severity) - 1);
}

std::optional<Severity> parse_severity(std::string_view word) {
  return word_of<Severity>(severity_words, word);
}

int warnings_in(const Findings& findings) {
  return static_cast<int>(std::ranges::count(findings, Severity::warning, &Finding::severity));
}

Findings bounded(Findings findings) {
  if (findings.size() > most_findings) {
    std::ranges::stable_sort(findings, std::greater<>(), &Finding::severity);
    findings.resize(most_findings);
  }
  for (auto& finding : findings) finding.text = cut(std::move(finding.text));
  return findings;
}

std::string encode(const Findings& findings) {
  json array = json::array();
  for (const auto& finding : findings) {
    json object{{"code", finding.code}, {"severity", to_string(finding.severity)}, {"text", finding.text}};
    if (finding.line) object["line"] = *finding.line;
    array.push_back(std::move(object));
  }
  return text_of(array);
}

Result<Findings> decode_findings(std::string_view text) {
  Findings findings;
  try {
    for (const auto& object : json::parse(text)) {
      Finding finding;
      finding.code = object.at("code").get<std::string>();
      finding.severity = parse_severity(object.at("severity").get<std::string>()).value_or(Severity::note);
      finding.text = object.at("text").get<std::string>();
      if (object.contains("line")) finding.line = object.at("line").get<std::int64_t>();
      findings.push_back(std::move(finding));
    }
  } catch (const json::exception& why) {
    return error(Errc::corrupt, "not a list of findings: {}", why.what());
  }
  return findings;
}

std::string encode_columns(const std::vector<std::string>& columns) {
  return text_of(json(columns));
}

std::vector<std::string> decode_columns(std::string_view text) {
  std::vector<std::string> columns;
  const auto array = json::parse(text, nullptr, false);
  if (!array.is_array()) return columns;
  for (const auto& name : array) {
    if (name.is_string()) columns.push_back(name.get<std::string>());
  }
  return columns;
}

}  // namespace dropload::queue
