#include "common/csv/oddities.h"

#include <utility>

namespace dropload::csv {

void OddLines::add(std::int64_t line) {
  ++count;
  if (first.size() < most_lines) first.push_back(line);
}

ByteSource OddityWatch::watch(ByteSource source) const {
  return [source = std::move(source), passed = passed_, is_utf8 = is_utf8_](std::span<char> buffer) {
    auto bytes = source(buffer);
    if (!bytes) return bytes;
    const auto kinds = kinds_of({buffer.data(), *bytes});
    passed->nul = passed->nul || kinds.nul;
    passed->beyond_ascii = passed->beyond_ascii || (is_utf8 && kinds.beyond_ascii);
    return bytes;
  };
}

void OddityWatch::look_at_header(const Record& header) {
  header_fields_ = header.fields.size();
  note_bytes(header);
}

void OddityWatch::note(const Record& record) {
  if (record.fields.size() < header_fields_) found_.short_records.add(record.line);
  if (record.fields.size() > header_fields_) found_.long_records.add(record.line);
  note_bytes(record);
}

void OddityWatch::note_bytes(const Record& record) {
  if (passed_->nul && !found_.nul_line && record.bytes.find('\0') != record.bytes.npos) found_.nul_line = record.line;
  if (passed_->beyond_ascii && !found_.not_utf8_line && !is_utf8(record.bytes)) found_.not_utf8_line = record.line;
}

}  // namespace dropload::csv
