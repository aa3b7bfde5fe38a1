#include "daemon/run/merging.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>

#include <spdlog/spdlog.h>

#include "common/csv/mend.h"
#include "common/csv/scan.h"
#include "common/csv/survey.h"
#include "common/zoho/csv_dialect.h"

namespace dropload::run {
namespace {

// A file without a name: whatever ends the process, nothing is left of it.
Result<UniqueFd> open_scratch(const std::filesystem::path& directory) {
  UniqueFd unnamed(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (unnamed) return unnamed;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
    return error_from_errno(errno, fmt::format("cannot make a file in {}", directory.string()));
  }
  // A file system that has no such files.
  std::string name = (directory / "merge-XXXXXX").string();
  UniqueFd named(::mkostemp(name.data(), O_CLOEXEC));
  if (!named) return error_from_errno(errno, fmt::format("cannot make a file in {}", directory.string()));
  ::unlink(name.c_str());
  return named;
}

Result<void> write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return error_from_errno(errno, "cannot put files together");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

// One spooled file, read up to behind its header.
struct OpenPart {
  UniqueFd file;
  csv::Beginning beginning;
  std::optional<csv::Reader> reader;
  std::string header;
  std::int64_t header_line = 1;
  std::int64_t data_line = 1;  // the line behind the header
};

Result<OpenPart> open_part(const Holds& holds, const queue::Submission& submission, const csv::KnownDialect& known) {
  OpenPart part;
  auto file = open_whole(holds, submission);
  if (!file) return file.error();
  part.file = std::move(*file);
  const auto source = csv::bytes_of_file(part.file.get());
  auto beginning = csv::read_beginning(source, known);
  if (!beginning) return beginning.error();
  part.beginning = std::move(*beginning);
  part.reader.emplace(csv::text_of(part.beginning, source), part.beginning.dialect, part.beginning.limits(true));
  const auto header = part.reader->next();
  if (!header) return header.error();
  if (!*header) return error(Errc::corrupt, "it has no header line");
  part.header = (*header)->bytes;
  part.header_line = (*header)->line;
  const char* const text = part.header.data();
  part.data_line = (*header)->line + csv::count_breaks(text, text + part.header.size()) + 1;
  return part;
}

csv::KnownDialect told(const csv::Dialect& dialect) {
  return {dialect.delimiter, dialect.quote, dialect.comment, dialect.skip_top};
}

class Merging {
 public:
  Merging(const Holds& holds, const queue::Route& route)
      : holds_(holds),
        known_(zoho::known_dialect(route.options)),
        mender_([this](std::string_view bytes) { return write_whole(scratch_.get(), bytes); }) {}

  Result<std::optional<Cargo>> run(std::span<const queue::Submission> line, const schedule::PackingLimits& limits) {
    auto first = open_part(holds_, line.front(), known_);
    if (!first) return std::optional<Cargo>();
    header_ = first->header;
    const auto most = how_many(line, limits);
    if (most < 2) return std::optional<Cargo>();
    auto scratch = open_scratch(holds_.spool.directory());
    if (!scratch) return scratch.error();
    scratch_ = std::move(*scratch);
    auto going_on = begin(line.front(), *first);
    for (std::size_t i = 1; going_on && *going_on && i < most; ++i) going_on = add(line[i]);
    if (!going_on) return going_on.error();
    if (parts_.size() < 2) return std::optional<Cargo>();
    if (::ftruncate(scratch_.get(), static_cast<off_t>(size_)) != 0) {
      return error_from_errno(errno, "cannot put files together");
    }
    if (!reads_as_its_parts()) return std::optional<Cargo>();
    return std::optional(Cargo{std::move(scratch_), size_, std::move(parts_)});
  }

 private:
  // False, here and in add, when the file is not to be put together with others: its own fault is found out about when
  // it travels alone. Errors: those of the scratch file.
  Result<bool> begin(const queue::Submission& first, OpenPart& part) {
    const auto& beginning = part.beginning;
    encoding_ = beginning.encoding.encoding;
    known_ = told(beginning.dialect);
    const auto bom_bytes = static_cast<std::size_t>(beginning.encoding.bom_bytes);
    mender_.prefix(std::string_view(beginning.bytes).substr(0, bom_bytes));
    mender_.put(header_, part.header_line - 1);
    return take(first, part, {first.id, 1, 1});
  }

  Result<bool> add(const queue::Submission& next) {
    auto part = open_part(holds_, next, known_);
    if (!part || part->header != header_ || part->beginning.encoding.encoding != encoding_) return false;
    return take(next, *part, {next.id, mender_.next_line(), part->data_line});
  }

  Result<bool> take(const queue::Submission& submission, OpenPart& part, const queue::JobPart& place) {
    const auto records = mender_.append(*part.reader, part.data_line);
    // What the scratch file has of it already is cut off at the end.
    if (!records && records.error().code == Errc::no_space) return records.error();
    if (!records || *records != submission.records) return false;
    if (auto flushed = mender_.flush(); !flushed) return flushed.error();
    size_ = mender_.size();
    parts_.push_back(place);
    return true;
  }

  std::size_t how_many(std::span<const queue::Submission> line, const schedule::PackingLimits& limits) const {
    std::vector<schedule::WaitingFile> waiting;
    for (const auto& submission : line) waiting.push_back({submission.size, submission.shape, submission.merge_most});
    return schedule::how_many_together(waiting, header_.size(), limits);
  }

  // The service finds encoding and dialect out from the beginning of what it gets.
  bool reads_as_its_parts() const {
    if (::lseek(scratch_.get(), 0, SEEK_SET) != 0) return false;
    const auto found = csv::read_beginning(csv::bytes_of_file(scratch_.get()), found_out_);
    return found && found->encoding.encoding == encoding_ && told(found->dialect) == known_;
  }

  const Holds& holds_;
  csv::KnownDialect known_;
  csv::KnownDialect found_out_ = known_;  // what is told of it, and nothing that was found out
  csv::Mender mender_;
  UniqueFd scratch_;
  std::string header_;
  csv::Encoding encoding_ = csv::Encoding::utf8;
  std::uint64_t size_ = 0;
  std::vector<queue::JobPart> parts_;
};

}  // namespace

Result<std::optional<Cargo>> merge_files(const Holds& holds, const queue::Route& route,
                                         std::span<const queue::Submission> line,
                                         const schedule::PackingLimits& limits) {
  return Merging(holds, route).run(line, limits);
}

}  // namespace dropload::run
