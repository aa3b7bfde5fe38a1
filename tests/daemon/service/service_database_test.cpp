#include "daemon/service/service_database.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include <gtest/gtest.h>

#include "common/base/files.h"
#include "common/db/query.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

// Another program that opens the file with SQLite, reads it and closes it. A process of its own, made before this one
// opens the file: what SQLite knows of a file's locks it keeps for each process.
class OtherReader {
 public:
  explicit OtherReader(const std::filesystem::path& file) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
    UniqueFd waiting(ends[0]);
    begin_ = UniqueFd(ends[1]);
    child_ = ::fork();
    if (child_ < 0) throw std::runtime_error("fork");
    if (child_ != 0) return;
    char nothing = 0;
    ::_exit(::read(waiting.get(), &nothing, 1) == 1 ? count(file) : 99);
  }
  ~OtherReader() { look(); }
  OtherReader(const OtherReader&) = delete;
  OtherReader& operator=(const OtherReader&) = delete;

  // How many organizations it sees. Once.
  int look() {
    if (child_ == 0) return -1;
    if (::write(begin_.get(), "", 1) != 1) return -1;
    int status = 0;
    ::waitpid(std::exchange(child_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  static int count(const std::filesystem::path& file) {
    try {
      return SQLite::Database(file, SQLite::OPEN_READWRITE).execAndGet("SELECT count(*) FROM organization").getInt();
    } catch (const SQLite::Exception&) {
      return 98;
    }
  }

  UniqueFd begin_;  // a byte is the sign to begin
  pid_t child_ = 0;
};

void add_organization(db::Database& database, std::string_view id) {
  db::Query(database, "INSERT INTO organization (id, name, created_at) VALUES (?, 'x', 0)", id).run();
}

TEST(ServiceDatabase, IsItsOwnersAlone) {
  const test::TemporaryDirectory directory;
  const auto database = open_service_database(directory.path() / "service.db").value();
  for (const char* name : {"service.db", "service.db-wal", "service.db-shm"}) {
    const auto mode = std::filesystem::status(directory.path() / name).permissions();
    EXPECT_EQ(mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
              std::filesystem::perms::none)
        << name;
  }
}

TEST(ServiceDatabase, AProgramThatLooksIntoItTakesNothingAway) {
  const test::TemporaryDirectory directory;
  const auto file = directory.path() / "service.db";
  for (const bool is_new : {true, false}) {
    OtherReader first(file);
    OtherReader second(file);
    const auto database = open_service_database(file).value();
    const int before = is_new ? 0 : 2;
    add_organization(*database, is_new ? "1" : "3");
    EXPECT_EQ(first.look(), before + 1);
    EXPECT_TRUE(std::filesystem::exists(directory.path() / "service.db-wal")) << is_new;
    add_organization(*database, is_new ? "2" : "4");
    EXPECT_EQ(second.look(), before + 2) << is_new;
  }
}

}  // namespace
}  // namespace dropload::service
