#include "daemon/intake/looking.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common/base/files.h"
#include "tests/support/temporary_directory.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using Lease = Look::Lease;
using test::TemporaryDirectory;

queue::DropSettings drop_at(const fs::path& directory) {
  queue::DropSettings drop;
  drop.directory = directory.string();
  return drop;
}

TEST(LookAt, TheKernelTellsWhetherSomebodyHasTheFileOpenForWriting) {
  const TemporaryDirectory directory;
  const auto path = directory.write("a.csv", "12345");
  EXPECT_EQ(look_at(path).value().lease, Lease::free);
  EXPECT_EQ(look_at(path).value().size, 5U);
  {
    const UniqueFd writer(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(look_at(path).value().lease, Lease::writer);
  }
  EXPECT_EQ(look_at(path).value().lease, Lease::free);
}

TEST(LookAt, OnANetworkFileSystemTheKernelIsNotAsked) {
  const TemporaryDirectory directory;
  const auto path = directory.write("a.csv", "12345");
  const UniqueFd reader(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  for (const std::int64_t type : {0x6969L, 0xff534d42L, 0x65735546L}) {
    EXPECT_EQ(lease_of(reader.get(), type), Lease::unknown) << std::hex << type;
    const UniqueFd writer(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(lease_of(reader.get(), type), Lease::unknown) << std::hex << type;
  }
  EXPECT_EQ(lease_of(reader.get(), 0xef53), Lease::free) << "ext4";
}

TEST(LookAt, AWritableMappingIsAWriterToo) {
  const TemporaryDirectory directory;
  const auto path = directory.write("a.csv", "12345");
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  void* mapping = ::mmap(nullptr, 5, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  ASSERT_NE(mapping, MAP_FAILED);
  file.reset();
  EXPECT_EQ(look_at(path).value().lease, Lease::writer);
  ::munmap(mapping, 5);
  EXPECT_EQ(look_at(path).value().lease, Lease::free);
}

TEST(LookAt, AReaderIsNoWriter) {
  const TemporaryDirectory directory;
  const auto path = directory.write("a.csv", "12345");
  const UniqueFd reader(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(look_at(path).value().lease, Lease::free);
}

// Each of them breaks a lease that may just be held, and the kernel then signals its holder.
TEST(LookAt, WritersThatComeInTheMiddleOfALookDoNoHarm) {
  const TemporaryDirectory directory;
  const auto path = directory.write("a.csv", "12345");
  std::atomic<bool> done = false;
  std::thread writer([&] {
    while (!done) const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  });
  for (int i = 0; i < 2'000; ++i) EXPECT_NE(look_at(path).value().lease, Lease::unknown);
  done = true;
  writer.join();
}

TEST(LookAt, WhatIsNotARegularFileIsRefusedByWhatItIs) {
  const TemporaryDirectory directory;
  fs::create_symlink(directory.write("a.csv", "x"), directory.path() / "link");
  fs::create_symlink("nowhere", directory.path() / "dangling");
  fs::create_directory(directory.path() / "directory");
  ASSERT_EQ(::mkfifo((directory.path() / "fifo").c_str(), 0600), 0);
  for (const auto& [name, what] : {std::pair{"link", "is a symbolic link"},
                                   {"dangling", "is a symbolic link"},
                                   {"directory", "is a directory"},
                                   {"fifo", "is not a regular file"}}) {
    const auto look = look_at(directory.path() / name);
    ASSERT_FALSE(look) << name;
    EXPECT_EQ(look.error().code, Errc::invalid_argument) << name;
    EXPECT_NE(look.error().message.find(what), std::string::npos) << look.error().message;
  }
}

TEST(LookAt, WhatIsGoneIsNotFound) {
  const TemporaryDirectory directory;
  EXPECT_EQ(look_at(directory.path() / "a.csv").error().code, Errc::not_found);
}

void set_mtime(const fs::path& path, std::int64_t seconds) {
  const timespec times[2] = {{seconds, 0}, {seconds, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
}

TEST(LookAtAll, TheOldestComeFirstAndThoseOfOneAgeByName) {
  const TemporaryDirectory directory;
  for (const auto& [name, mtime] : {std::pair{"a", 300}, {"b", 100}, {"c", 200}, {"d", 100}})
    set_mtime(directory.write(name, "x"), mtime);
  std::string order;
  for (const auto& looked : look_at_all(drop_at(directory.path()), {"a", "gone", "d", "c", "b"}))
    order += looked.name + " ";
  EXPECT_EQ(order, "gone b d c a ");
}

TEST(LookAtAll, NothingIsLookedAtThroughALinkInTheWayToIt) {
  const TemporaryDirectory directory;
  directory.write("elsewhere/a.csv", "x");
  fs::create_directory(directory.path() / "drop");
  fs::create_directory_symlink("../elsewhere", directory.path() / "drop/north");
  const auto looked = look_at_all(drop_at(directory.path() / "drop"), {"north/a.csv"});
  ASSERT_FALSE(looked.at(0).look);
  EXPECT_EQ(looked.at(0).look.error().message,
            (directory.path() / "drop/north").string() +
                " is a symbolic link, and links are not followed; put a directory in its place");
}

TEST(LookAtAll, TheStampChangesWithTheFileAndItsPermissions) {
  const TemporaryDirectory directory;
  const auto path = directory.write("a", "x");
  const auto stamp = [&] { return look_at_all(drop_at(directory.path()), {"a"}).at(0).stamp; };
  const auto first = stamp();
  EXPECT_EQ(stamp(), first);
  fs::rename(path, directory.path() / "b");
  fs::rename(directory.path() / "b", path);
  EXPECT_EQ(stamp(), first) << "it went away and came back";
  fs::permissions(path, fs::perms::owner_read);
  const auto second = stamp();
  EXPECT_NE(second, first);
  fs::permissions(path, fs::perms::owner_all);
  directory.write("a", "xy");
  EXPECT_NE(stamp(), second);
}

}  // namespace
}  // namespace dropload::intake
