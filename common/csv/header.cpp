#include "common/csv/header.h"

#include <algorithm>
#include <cstring>

namespace dropload::csv {
namespace {

ByteSource bytes_of(std::string text) {
  return [text = std::move(text), at = std::size_t{0}](std::span<char> buffer) mutable -> Result<std::size_t> {
    const auto bytes = std::min(buffer.size(), text.size() - at);
    std::memcpy(buffer.data(), text.data() + at, bytes);
    at += bytes;
    return bytes;
  };
}

std::string without_blanks(std::string_view field) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = field.find_first_not_of(blanks);
  if (begin == field.npos) return {};
  return std::string(field.substr(begin, field.find_last_not_of(blanks) - begin + 1));
}

}  // namespace

std::vector<std::string> header_names(const Survey& survey) {
  // UTF-16 has become UTF-8 on its way into the survey.
  std::string text;
  Utf8Converter converter(survey.encoding == Encoding::latin1 ? Encoding::latin1 : Encoding::utf8);
  converter.convert(survey.header, text);
  converter.finish(text);
  Dialect dialect = survey.dialect;
  dialect.skip_top = 0;
  dialect.comment.reset();
  ReaderLimits limits;
  limits.first_buffer_bytes = text.size() + 1;
  Reader reader(bytes_of(std::move(text)), dialect, limits);
  std::vector<std::string> names;
  const auto header = reader.next();
  if (!header || !*header) return names;
  for (const auto field : (*header)->fields) names.push_back(without_blanks(field));
  return names;
}

}  // namespace dropload::csv
