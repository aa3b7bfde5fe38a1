#pragma once

// What was found out about a file when it was accepted, before anything was sent: facts (notes), and what may go wrong,
// or other than was meant (warnings). Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace dropload::queue {

// What to do with a file of which there are warnings: import it and show them; hold it for a person; look for none.
enum class OnFinding { warn = 1, hold, off };
std::string_view to_string(OnFinding choice);
std::optional<OnFinding> parse_on_finding(std::string_view word);

enum class Severity { note = 1, warning };
std::string_view to_string(Severity severity);
std::optional<Severity> parse_severity(std::string_view word);

struct Finding {
  std::string code;  // a stable word, see the README
  Severity severity = Severity::note;
  std::string text;                  // a sentence: what it is, and, of a warning, what to do; names in it are escaped
  std::optional<std::int64_t> line;  // in the file, where there is one

  bool operator==(const Finding&) const = default;
};
using Findings = std::vector<Finding>;

inline constexpr std::size_t most_findings = 20;
inline constexpr std::size_t most_finding_bytes = 600;  // of one text

int warnings_in(const Findings& findings);
// At most most_findings, warnings rather than notes, each text cut to most_finding_bytes at the end of a character.
Findings bounded(Findings findings);

// As JSON: [{"code": …, "severity": …, "text": …, "line": 7}]. What is not of this form is corrupt.
std::string encode(const Findings& findings);
Result<Findings> decode_findings(std::string_view text);

// Names of columns as a JSON array. What is not of this form reads as none.
std::string encode_columns(const std::vector<std::string>& columns);
std::vector<std::string> decode_columns(std::string_view text);

}  // namespace dropload::queue
