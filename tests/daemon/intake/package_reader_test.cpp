#include "daemon/intake/package_reader.h"

#include <fcntl.h>

#include <gtest/gtest.h>

#include "common/base/files.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/zip.h"

namespace dropload::intake {
namespace {

using test::compressed;
using test::zip_of;

struct ReadMember {
  std::string path;
  std::string content;
};

// All that is in it, or the first error.
Result<std::vector<ReadMember>> read_all(PackageKind kind, const std::string& bytes, std::size_t piece = 1'000) {
  const test::TemporaryDirectory directory;
  const auto path = directory.write("package", bytes);
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  auto reader = open_package(kind, fd.get(), bytes.size());
  if (!reader) return reader.error();
  std::vector<ReadMember> members;
  for (;;) {
    const auto member = (*reader)->next();
    if (!member) return member.error();
    if (!*member) return members;
    std::string content;
    std::vector<std::byte> buffer(piece);
    for (;;) {
      const auto count = (*reader)->read(buffer);
      if (!count) return count.error();
      if (*count == 0) break;
      content.append(reinterpret_cast<const char*>(buffer.data()), *count);
    }
    members.push_back({(*member)->path, std::move(content)});
  }
}

std::string some_text(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += std::to_string(text.size() * 7919) + ",x\n";
  return text;
}

void expect_broken(const Result<std::vector<ReadMember>>& read, const std::string& why) {
  ASSERT_TRUE(read.has_error());
  EXPECT_EQ(read.error().code, Errc::invalid_argument) << read.error().message;
  EXPECT_NE(read.error().message.find(why), std::string::npos) << read.error().message;
}

struct Single {
  PackageKind kind;
  std::string filter;
};

class ReadingASingleFile : public testing::TestWithParam<Single> {};

TEST_P(ReadingASingleFile, GivesItsBytes) {
  const auto text = some_text(700'000);
  const auto read = read_all(GetParam().kind, compressed(text, GetParam().filter));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 1U);
  EXPECT_TRUE(read->front().content == text);
}

TEST_P(ReadingASingleFile, AnEmptyOneIsOneEmptyFile) {
  const auto read = read_all(GetParam().kind, compressed("", GetParam().filter));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().content, "");
}

TEST_P(ReadingASingleFile, SeveralBehindEachOtherAreOneFile) {
  const auto both = compressed("one\n", GetParam().filter) + compressed("two\n", GetParam().filter);
  const auto read = read_all(GetParam().kind, both);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 1U);
  EXPECT_EQ(read->front().content, "one\ntwo\n");
}

TEST_P(ReadingASingleFile, OneThatIsCutShortAnywhereIsNotTaken) {
  const auto whole = compressed(some_text(20'000), GetParam().filter);
  for (std::size_t size = 0; size < whole.size(); size += size < 40 || whole.size() - size < 40 ? 1 : 997) {
    const auto read = read_all(GetParam().kind, whole.substr(0, size));
    ASSERT_TRUE(read.has_error()) << "cut to " << size << " of " << whole.size();
    ASSERT_EQ(read.error().code, Errc::invalid_argument) << read.error().message;
  }
}

TEST_P(ReadingASingleFile, OneThatIsCutInTheSecondOfTwoIsNotTaken) {
  const auto one = compressed("one\n", GetParam().filter);
  EXPECT_TRUE(read_all(GetParam().kind, one + one.substr(0, one.size() - 3)).has_error());
}

TEST_P(ReadingASingleFile, AChangedByteIsNoticed) {
  // Its checksum is optional: zstd(1) writes one, libarchive, which makes ours here, none.
  if (GetParam().kind == PackageKind::zstd) return;
  const auto text = some_text(20'000);
  auto bytes = compressed(text, GetParam().filter);
  const auto step = bytes.size() / 40;
  for (std::size_t i = bytes.size() / 10; i < bytes.size(); i += step) {
    auto broken = bytes;
    broken[i] = static_cast<char>(broken[i] ^ 0x10);
    const auto read = read_all(GetParam().kind, broken);
    EXPECT_TRUE(!read || read->front().content == text) << "byte " << i << " was changed, and other bytes were given";
  }
}

TEST_P(ReadingASingleFile, WhatFollowsItsEndIsNotPassedOver) {
  const auto bytes = compressed("one\n", GetParam().filter);
  EXPECT_TRUE(read_all(GetParam().kind, bytes + "and something else that is long enough").has_error());
}

TEST_P(ReadingASingleFile, AnotherKindThanItsNameSaysIsNotTaken) {
  EXPECT_TRUE(read_all(GetParam().kind, "id,name\n1,a\n").has_error());
  const auto other = GetParam().kind == PackageKind::gzip ? "xz" : "gzip";
  EXPECT_TRUE(read_all(GetParam().kind, compressed("a\n", other)).has_error());
  EXPECT_TRUE(read_all(GetParam().kind, zip_of({{"a.csv", "a\n"}})).has_error());
}

INSTANTIATE_TEST_SUITE_P(Of, ReadingASingleFile,
                         testing::Values(Single{PackageKind::gzip, "gzip"}, Single{PackageKind::zstd, "zstd"},
                                         Single{PackageKind::xz, "xz"}, Single{PackageKind::bzip2, "bzip2"}),
                         [](const auto& one) { return one.param.filter; });

TEST(ReadingGzip, ZerosBehindItsEndArePadding) {
  const auto read = read_all(PackageKind::gzip, compressed("one\n", "gzip") + std::string(1'000, '\0'));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->front().content, "one\n");
}

TEST(ReadingAZip, GivesEachMemberInOrder) {
  const auto text = some_text(300'000);
  const auto read = read_all(PackageKind::zip, zip_of({{"north/a.csv", text}, {"b.csv", ""}, {"north/a.csv", "2"}}));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ((*read)[0].path, "north/a.csv");
  EXPECT_TRUE((*read)[0].content == text);
  EXPECT_EQ((*read)[1].content, "");
  EXPECT_EQ((*read)[2].content, "2");
}

TEST(ReadingAZip, NamesAreBytesWhateverTheLocale) {
  auto bytes =
      zip_of({{"gr\xc3\xbc\xc3\x9f"
               "e.csv",
               "1"}});
  // The flag that says so, which the writer sets in a fitting locale only.
  bytes[bytes.find("PK\x03\x04") + 7] |= 0x08;
  bytes[bytes.find("PK\x01\x02") + 9] |= 0x08;
  const auto read = read_all(PackageKind::zip, bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->front().path,
            "gr\xc3\xbc\xc3\x9f"
            "e.csv");
  const auto invalid = read_all(PackageKind::zip, zip_of({{"a\xff.csv", "1"}}));
  ASSERT_TRUE(invalid) << invalid.error().message;
  EXPECT_EQ(invalid->front().path, "a\xff.csv");
}

TEST(ReadingAZip, OneThatIsCutShortAnywhereIsNotTaken) {
  const auto whole = zip_of({{"a.csv", some_text(3'000)}, {"b.csv", some_text(2'000)}});
  for (std::size_t size = 0; size < whole.size(); size += whole.size() - size < 60 ? 1 : 101) {
    EXPECT_TRUE(read_all(PackageKind::zip, whole.substr(0, size)).has_error()) << size << " of " << whole.size();
  }
}

TEST(ReadingAZip, AMemberWithAWrongChecksumIsNotTaken) {
  const auto text = some_text(3'000);
  auto bytes = zip_of({{"a.csv", text}}, "zip:compression=store");
  const auto at = bytes.find(text.substr(1'000, 20));
  ASSERT_NE(at, std::string::npos);
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  expect_broken(read_all(PackageKind::zip, bytes), "CRC");
}

}  // namespace
}  // namespace dropload::intake
