#include "tests/bench/simulator/picture.h"

#include <sys/mman.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace dropload::sim {
namespace {

constexpr std::uint64_t picture_of_a_batch = 20'000;
constexpr std::string_view header = "a,b\n";
constexpr std::string_view record = "1234567,abcdefghij\n";

UniqueFd file_with(const std::string& text) {
  UniqueFd file(::memfd_create("picture", MFD_CLOEXEC));
  if (!file) throw std::runtime_error("there is no memory for a picture");
  SystemFiles files;
  files.write(file.get(), std::as_bytes(std::span(text))).value();
  return file;
}

std::string text_of(std::uint64_t size) {
  std::string text(header);
  text.reserve(size);
  while (text.size() + 2 * record.size() <= size) text += record;
  // The last record is whatever is left, so that the sizes fit.
  if (text.size() + 4 <= size) text += "1," + std::string(size - text.size() - 3, 'x') + "\n";
  return text;
}

}  // namespace

Picture::Picture(std::uint64_t size, std::uint64_t batch_bytes)
    : size_(size), scale_(std::max<std::uint64_t>(batch_bytes / picture_of_a_batch, 1)), most_(batch_bytes / scale_) {
  const auto text = text_of(size / scale_);
  file_ = file_with(text);
  csv::KnownDialect known;
  known.delimiter = ',';
  known.quote = '"';
  sheet_ = csv::read_cut_sheet(file_.get(), text.size(), known).value();
}

Result<Load> Picture::batch_at(std::uint64_t offset) const {
  csv::Cutter cutter(sheet_, offset / scale_, most_);
  const auto cut = cutter.next();
  if (!cut) return cut.error();
  bool is_last = cut->is_last;
  for (int batches = 1; offset == 0 && !is_last; ++batches) {
    if (batches == zoho::max_batches_of_a_job) return error(Errc::too_large, "it is too many batches");
    const auto next = cutter.next();
    if (!next) return next.error();
    is_last = next->is_last;
  }
  Load load;
  load.bytes = (cut->length + sheet_.lead.size()) * scale_;
  load.offset = offset;
  load.next = cut->is_last ? size_ : cut->next * scale_;
  load.is_last = cut->is_last;
  return load;
}

}  // namespace dropload::sim
