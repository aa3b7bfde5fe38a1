// What a file system and its syncs allow of taking dropped files: `drop_floor DIR COUNT THREADS GROUP`.
//
// Files DIR/drop/1 to DIR/drop/COUNT are there. On so many threads each is renamed into DIR/taken, synced, as whoever
// dropped it need not have done that, and its directory is synced; behind each group of them a row each is committed
// in one transaction (SQLite, WAL, synchronous=FULL). Prints seconds.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "common/base/files.h"

namespace {

namespace fs = std::filesystem;
using dropload::UniqueFd;

void must(bool well, const char* what) {
  if (!well) throw std::runtime_error(std::string("drop_floor: ") + what);
}

void run(sqlite3* database, const std::string& sql) {
  must(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(database));
}

void take(const fs::path& directory, int number, int taken) {
  const auto name = std::to_string(number);
  const auto there = directory / "taken" / name;
  fs::rename(directory / "drop" / name, there);
  const UniqueFd file(::open(there.c_str(), O_RDONLY | O_CLOEXEC));
  must(file && ::fsync(file.get()) == 0 && ::fsync(taken) == 0, "cannot sync");
}

// The threads of one group take its files among them.
void take_group(const fs::path& directory, int first, int end, int threads, int taken) {
  std::atomic<int> next = first;
  std::vector<std::jthread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&] {
      for (int number = next++; number < end; number = next++) take(directory, number, taken);
    });
  }
}

void commit_group(sqlite3* database, int first, int end) {
  run(database, "BEGIN");
  for (int number = first; number < end; ++number)
    run(database, "INSERT INTO taken VALUES (" + std::to_string(number) + ", '" + std::string(300, 'x') + "')");
  run(database, "COMMIT");
}

double take_all(const fs::path& directory, int count, int threads, int group) {
  fs::create_directories(directory / "taken");
  sqlite3* database = nullptr;
  must(sqlite3_open((directory / "floor.db").c_str(), &database) == SQLITE_OK, "cannot open its database");
  run(database,
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE taken (id INTEGER PRIMARY KEY, text TEXT)");
  const UniqueFd taken(::open((directory / "taken").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto began = std::chrono::steady_clock::now();
  for (int first = 1; first <= count; first += group) {
    const int end = std::min(count + 1, first + group);
    take_group(directory, first, end, threads, taken.get());
    commit_group(database, first, end);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  sqlite3_close(database);
  return took.count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: drop_floor DIR COUNT THREADS GROUP\n", stderr);
    return 2;
  }
  std::printf("%.6f\n", take_all(argv[1], std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4])));
  return 0;
}
