#include "daemon/service/unzip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/batch_client.h"
#include "tests/support/faulty_files.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/zip.h"

namespace dropload::service {
namespace {

using test::zip_of;
using testing::HasSubstr;

class UnzipTest : public testing::Test {
 protected:
  // "" or the refusal's sentence; what came out is in content_.
  std::string unzipped(const std::string& archive, UnzipLimits limits = {.max_bytes = 100'000'000}) {
    const auto path = directory_.write("archive.zip", archive);
    const auto out = directory_.path() / "out";
    std::filesystem::remove(out);
    auto to = UploadFile::create(files_, out).value();
    const auto done = unzip(files_, path, to, limits);
    code_ = done ? 0 : done.error().code;
    content_ = test::contents(out);
    return done ? "" : done.error().message;
  }

  test::TemporaryDirectory directory_;
  SystemFiles files_;
  int code_ = 0;
  std::string content_;
};

TEST_F(UnzipTest, TheOneFileIsTakenWhateverItsName) {
  const std::string csv = "a,b\n1,2\n";
  for (const char* name : {"data.csv", "../../../etc/cron.d/x", "/absolute", "with\\backslash", "dir/in/dir.csv"}) {
    EXPECT_EQ(unzipped(zip_of({{name, csv}})), "") << name;
    EXPECT_EQ(content_, csv) << name;
  }
  EXPECT_EQ(unzipped(zip_of({{"dir/", "", AE_IFDIR}, {"dir/data.csv", csv}})), "");
  EXPECT_EQ(content_, csv);
  std::size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory_.path())) ++entries;
  EXPECT_EQ(entries, 1U) << "the archive: what came out was removed, and there is nothing beside it";
}

TEST_F(UnzipTest, StoredAndLargeFilesAreTakenToo) {
  std::string csv = "n\n";
  for (int i = 0; i < 500'000; ++i) csv += std::to_string(i) + "\n";
  for (const char* options : {"zip:compression=store", "zip:compression=deflate", "zip:zip64"}) {
    EXPECT_EQ(unzipped(zip_of({{"data.csv", csv}}, options)), "") << options;
    EXPECT_EQ(content_, csv) << options;
  }
}

TEST_F(UnzipTest, NoFileOrMoreThanOneIsRefused) {
  EXPECT_THAT(unzipped(zip_of({})), HasSubstr("there is no file in it"));
  EXPECT_EQ(code_, 7248);
  EXPECT_THAT(unzipped(zip_of({{"dir/", "", AE_IFDIR}})), HasSubstr("there is no file in it"));
  EXPECT_THAT(unzipped(zip_of({{"a.csv", "a\n1\n"}, {"b.csv", "a\n2\n"}})), HasSubstr("more than one file"));
  EXPECT_EQ(code_, 7248);
}

TEST_F(UnzipTest, LinksAndEncryptedFilesAreRefused) {
  EXPECT_THAT(unzipped(zip_of({{"a.csv", "", AE_IFLNK}})), HasSubstr("no file"));
  EXPECT_EQ(code_, 7248);
  EXPECT_THAT(unzipped(zip_of({{"a.csv", "a\n1\n"}}, "zip:encryption=zipcrypt")), HasSubstr("encrypted"));
  EXPECT_EQ(code_, 7248);
}

TEST_F(UnzipTest, ABrokenArchiveIsRefused) {
  std::string csv = "n\n";
  for (int i = 0; i < 10'000; ++i) csv += std::to_string(i * 7919) + "\n";
  const std::string whole = zip_of({{"a.csv", csv}});
  EXPECT_THAT(unzipped(whole.substr(0, whole.size() / 2)), HasSubstr("broken"));
  EXPECT_EQ(code_, 7248);
  std::string changed = whole;
  changed[whole.size() / 2] = static_cast<char>(~changed[whole.size() / 2]);
  EXPECT_THAT(unzipped(changed), HasSubstr("broken"));
  EXPECT_THAT(unzipped("PK\x03\x04 and then nothing of the kind"), HasSubstr("ZIP file cannot be imported"));
}

TEST_F(UnzipTest, WhatCompressesWellIsTaken) {
  const std::string csv(55'000'000, '0');
  const std::string archive = zip_of({{"a.csv", csv}});
  ASSERT_LT(archive.size(), 100'000U);
  EXPECT_EQ(unzipped(archive), "");
  EXPECT_EQ(content_.size(), csv.size());
}

TEST_F(UnzipTest, ABombIsNotUnpacked) {
  const std::string bomb = zip_of({{"a.csv", std::string(50'000'000, '0')}});
  EXPECT_THAT(unzipped(bomb, {.max_bytes = 20'000'000}), HasSubstr("larger than"));
  EXPECT_EQ(code_, 7248);
  EXPECT_LE(content_.size(), 20'000'000U);
  EXPECT_THAT(unzipped(zip_of({{"a.csv", std::string(2'000, '0')}}), {.max_bytes = 1'000}), HasSubstr("1000 bytes"));
  EXPECT_LE(content_.size(), 1'000U);
}

TEST_F(UnzipTest, AnEmptyFileInItIsEmpty) {
  EXPECT_THAT(unzipped(zip_of({{"a.csv", ""}})), HasSubstr("empty"));
  EXPECT_EQ(code_, 7203);
}

TEST_F(UnzipTest, OnlyWhatBeginsAsAnArchiveIsOne) {
  const auto looks_zipped = [&](const std::string& content) {
    return is_zip(files_, directory_.write("file", content)).value();
  };
  EXPECT_TRUE(looks_zipped(zip_of({{"a.csv", "x"}})));
  EXPECT_TRUE(looks_zipped(zip_of({})));
  EXPECT_FALSE(looks_zipped("PK,name\n1,x\n"));
  EXPECT_FALSE(looks_zipped("PK"));
  EXPECT_FALSE(looks_zipped(""));
}

TEST(ZippedBatches, AreLoadedAsTheFileInThem) {
  test::BatchClient client;
  const auto job = client.first_new("Sales", zip_of({{"part1.csv", "id\n1\n2\n"}}));
  client.next(job, "id\n3\n", false);
  EXPECT_EQ(client.send_next(job, zip_of({{"a", "id\n4\n"}, {"b", "id\n5\n"}}), false).error_code(), 7248);
  EXPECT_EQ(client.send_next(job, zip_of({}), true).error_code(), 7248);
  client.next(job, zip_of({{"part2.csv", "id\n4\n"}}), true);
  auto& service = client.service();
  const auto ended = service.wait_for_end(job.job_id);
  EXPECT_EQ(ended.at("jobInfo").at("importSummary").at("successRowCount"), 4) << ended;
  EXPECT_EQ(service.count("SELECT count(*) FROM Sales WHERE id = rowid"), 4);
  service.start({});
  EXPECT_TRUE(std::filesystem::is_empty(service.directory() / "uploads"));
}

}  // namespace
}  // namespace dropload::service
