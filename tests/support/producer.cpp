#include "tests/support/producer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "tests/support/temporary_directory.h"

namespace dropload::test {
namespace {

namespace fs = std::filesystem;

constexpr int tables = 4;
constexpr int names_of_a_table = 8;

std::string rows_of(int number, int first, int rows) {
  std::string text;
  for (int row = first; row < first + rows; ++row) text += fmt::format("{},row {}\n", number, row);
  return text;
}

// The content of a file says which it is.
int number_in(const std::string& text) {
  const auto line = text.find('\n');
  return line == std::string::npos ? 0 : std::atoi(text.c_str() + line + 1);
}

void write_to(const UniqueFd& file, std::string_view text) {
  if (::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) return;
  throw std::runtime_error("the producer cannot write");
}

// Nothing where there is one of this name.
UniqueFd open_new(const fs::path& path) {
  return UniqueFd(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644));
}

void write_new(const fs::path& path, std::string_view text) {
  const auto file = open_new(path);
  write_to(file, text);
}

}  // namespace

Producer::Producer(fs::path drop, fs::path outside, unsigned seed)
    : drop_(std::move(drop)), outside_(std::move(outside)), random_(seed) {}

void Producer::step() {
  switch (pick(12)) {
    case 0:
    case 1:
      return write_at_once();
    case 2:
      return begin_burst();
    case 3:
    case 4:
      return go_on_with_burst();
    case 5:
      return rename_one();
    case 6:
      return link_one();
    case 7:
      return replace_one();
    case 8:
      return delete_one();
    case 9:
      return append_to_one();
    case 10:
      return drop_again();
    default:
      return litter();
  }
}

void Producer::finish() {
  while (!open_.empty()) go_on_with_burst();
}

Producer::Content& Producer::made(const std::string& name) {
  const int number = static_cast<int>(contents_.size()) + 1;
  const int rows = 1 + pick(pick(4) == 0 ? 3'000 : 20);
  contents_.push_back({number, name.substr(0, name.find('_')), "id,name\n" + rows_of(number, 1, rows), rows, true});
  return contents_.back();
}

// One that nobody writes to now; it may be that of a file which lies there.
std::string Producer::free_name() {
  for (;;) {
    const auto name = fmt::format("t{}_{}.csv", pick(tables), pick(names_of_a_table));
    if (std::ranges::find(open_, name, &Open::name) == open_.end()) return name;
  }
}

fs::path Producer::outside_file(const std::string& text) {
  const fs::path path = outside_ / std::to_string(++files_);
  write_new(path, text);
  return path;
}

// False when the name was taken.
bool Producer::rename_in(const std::string& text, const std::string& name) {
  const fs::path path = outside_file(text);
  if (::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, (drop_ / name).c_str(), RENAME_NOREPLACE) != 0) {
    fs::remove(path);
    return false;
  }
  names_.push_back(name);
  return true;
}

// Whoever has it in hand again knows that it was not imported.
void Producer::taken_back(const fs::path& file) {
  const int number = number_in(contents(file));
  auto& content = contents_.at(static_cast<std::size_t>(number - 1));
  if (copies_[number] > 0) {
    --copies_[number];  // the other one is there
  } else {
    content.dropped = false;
  }
  fs::remove(file);
}

void Producer::write_at_once() {
  const auto name = free_name();
  const auto file = open_new(drop_ / name);
  if (!file) return;
  write_to(file, made(name).text);
  names_.push_back(name);
}

void Producer::begin_burst() {
  const auto name = free_name();
  if (open_.size() >= 4) return;
  auto file = open_new(drop_ / name);
  if (!file) return;
  const Content& content = made(name);
  const std::size_t first = content.text.size() / 2;
  write_to(file, content.text.substr(0, first));
  open_.push_back({name, std::move(file), content.number - 1, first});
}

void Producer::go_on_with_burst() {
  if (open_.empty()) return;
  const auto one = open_.begin() + pick(static_cast<int>(open_.size()));
  const std::string& text = contents_[static_cast<std::size_t>(one->content)].text;
  const std::size_t more = std::min(text.size() - one->written, text.size() / 4 + 1);
  write_to(one->file, text.substr(one->written, more));
  one->written += more;
  if (one->written < text.size()) return;
  names_.push_back(one->name);
  open_.erase(one);
}

void Producer::rename_one() {
  const auto name = free_name();
  Content& content = made(name);
  content.dropped = rename_in(content.text, name);
}

// The other name goes on to exist.
void Producer::link_one() {
  const auto name = free_name();
  Content& content = made(name);
  const fs::path path = outside_file(content.text);
  content.dropped = ::link(path.c_str(), (drop_ / name).c_str()) == 0;
  if (content.dropped) names_.push_back(name);
}

// What stood under the name is in hand afterwards, so that it is known whether it had been taken.
void Producer::replace_one() {
  const auto name = free_name();
  Content& content = made(name);
  const fs::path path = outside_file(content.text);
  if (::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, (drop_ / name).c_str(), RENAME_EXCHANGE) == 0) {
    taken_back(path);
    names_.push_back(name);
    return;
  }
  content.dropped = ::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, (drop_ / name).c_str(), RENAME_NOREPLACE) == 0;
  if (content.dropped) names_.push_back(name);
}

void Producer::delete_one() {
  if (names_.empty()) return;
  const auto name = names_.back();
  if (std::ranges::find(open_, name, &Open::name) != open_.end()) return;
  const fs::path away = outside_ / std::to_string(++files_);
  if (::rename((drop_ / name).c_str(), away.c_str()) == 0) taken_back(away);
}

// A writer in two steps. When the file is still there under its name it is longer; else the first step was all of it.
void Producer::append_to_one() {
  const auto name = free_name();
  const UniqueFd file(::open((drop_ / name).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!file) return;
  struct stat seen {};
  ::fstat(file.get(), &seen);
  const auto number = number_in(contents(fmt::format("/proc/self/fd/{}", file.get())));
  auto& content = contents_.at(static_cast<std::size_t>(number - 1));
  // One that is linked goes on to exist elsewhere, and a copy of another would become another content.
  if (seen.st_nlink > 1 || copies_[number] > 0) return;
  const auto more = rows_of(number, content.rows + 1, 5);
  write_to(file, more);
  content.text += more;
  content.rows += 5;
}

void Producer::drop_again() {
  if (contents_.empty()) return;
  auto& content = contents_[static_cast<std::size_t>(pick(static_cast<int>(contents_.size())))];
  if (!content.dropped) return;
  if (std::ranges::any_of(open_, [&](const Open& one) { return one.content == content.number - 1; })) return;
  const auto name = fmt::format("{}_again{}.csv", content.table, files_);
  if (rename_in(content.text, name)) {
    ++copies_[content.number];
    names_.pop_back();  // neither replaced nor deleted: one of the two must be there
  }
}

void Producer::litter() {
  const auto number = files_++;
  const auto name = pick(2) == 0 ? fmt::format(".t1_{}.csv", number) : fmt::format("t1_{}.csv.part", number);
  write_new(drop_ / name, "id,name\n0,litter\n");
  left_alone_.push_back(name);
}

}  // namespace dropload::test
