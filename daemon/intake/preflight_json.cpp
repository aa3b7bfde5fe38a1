#include <fmt/format.h>

#include "daemon/intake/preflight.h"
#include "daemon/intake/preflight_words.h"

namespace dropload::intake {
namespace {

std::string as_utf8_text(std::string_view bytes, const csv::DetectedEncoding& detected) {
  bytes.remove_prefix(static_cast<std::size_t>(detected.bom_bytes));
  csv::Utf8Converter converter(detected.encoding);
  std::string text;
  converter.convert(bytes, text);
  converter.finish(text);
  return text;
}

}  // namespace

// It is not read whole for this: what is wrong further behind the service tells, with its line.
queue::Findings findings_of_json(std::string_view beginning) {
  const auto detected = csv::detect_encoding(beginning);
  queue::Findings findings;
  findings.push_back(
      note("facts", fmt::format("{}{}, JSON.", name_of(detected.encoding), detected.bom_bytes > 0 ? " with BOM" : "")));
  if (detected.encoding == csv::Encoding::latin1) {
    findings.push_back(warning("not_utf8", "It is not UTF-8, as JSON is to be. Save it as UTF-8."));
  }
  const auto text = as_utf8_text(beginning, detected);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos || (text[first] != '[' && text[first] != '{')) {
    findings.push_back(warning("not_json",
                               "It does not begin as JSON does, with [ or {. Look whether it is another kind of file; "
                               "for CSV its route wants file_type = \"csv\"."));
  }
  return findings;
}

}  // namespace dropload::intake
