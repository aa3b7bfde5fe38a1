#include "daemon/queue/spool.h"

#include <gtest/gtest.h>

#include "tests/support/faulty_files.h"
#include "tests/support/temporary_directory.h"

namespace dropload::queue {
namespace {

using test::FaultyFiles;
using test::TemporaryDirectory;

Sidecar sidecar_of(SubmissionId id) {
  Sidecar sidecar;
  auto& submission = sidecar.submission;
  submission.id = id;
  submission.route = "sales";
  submission.table = {"main", "Demo", "Orders"};
  submission.parallel = true;
  submission.file_name = "orders.csv";
  submission.drop_directory = "/srv/drop";
  submission.size = 12;
  submission.sha256 = "ab12";
  submission.accepted_at = {1'700'000'000'123};
  submission.records = 3;
  submission.shape = "f00d";
  sidecar.subdirectory = "north/east";
  sidecar.max_bytes = 1000;
  sidecar.bound = SizeBound::all_batches;
  sidecar.retiring_to = "/srv/drop/done/2026-11-23/orders.csv";
  return sidecar;
}

void expect_equal(const Sidecar& a, const Sidecar& b) {
  EXPECT_EQ(a.submission.id, b.submission.id);
  EXPECT_EQ(a.submission.route, b.submission.route);
  EXPECT_EQ(a.submission.table, b.submission.table);
  EXPECT_EQ(a.submission.parallel, b.submission.parallel);
  EXPECT_EQ(a.submission.source, b.submission.source);
  EXPECT_EQ(a.submission.file_name, b.submission.file_name);
  EXPECT_EQ(a.submission.drop_directory, b.submission.drop_directory);
  EXPECT_EQ(a.submission.size, b.submission.size);
  EXPECT_EQ(a.submission.sha256, b.submission.sha256);
  EXPECT_EQ(a.submission.accepted_at, b.submission.accepted_at);
  EXPECT_EQ(a.submission.records, b.submission.records);
  EXPECT_EQ(a.submission.shape, b.submission.shape);
  EXPECT_EQ(a.subdirectory, b.subdirectory);
  EXPECT_EQ(a.max_bytes, b.max_bytes);
  EXPECT_EQ(a.bound, b.bound);
  EXPECT_EQ(a.retiring_to, b.retiring_to);
}

struct SpoolTest : testing::Test {
  TemporaryDirectory directory;
  FaultyFiles files;
  Spool spool = Spool::open(directory.path() / "spool", files).value();
};

TEST(Sidecar, WhatIsWrittenIsReadBack) {
  const auto read = decode_sidecar(encode(sidecar_of(7)));
  ASSERT_TRUE(read) << read.error().message;
  expect_equal(*read, sidecar_of(7));
  EXPECT_TRUE(read->complete());
}

TEST(Sidecar, ASubmissionWithoutADropDirectoryKeepsNone) {
  auto sidecar = sidecar_of(7);
  sidecar.submission.drop_directory.reset();
  sidecar.submission.source = Source::rest;
  expect_equal(decode_sidecar(encode(sidecar)).value(), sidecar);
}

TEST(Sidecar, NamesAreBytesAndComeBackAsTheyWere) {
  auto sidecar = sidecar_of(7);
  sidecar.submission.file_name = "a\\x41\xff\n\"Größe\xc2\x85\x01.csv";
  sidecar.subdirectory = "\\";
  expect_equal(decode_sidecar(encode(sidecar)).value(), sidecar);
}

TEST(Sidecar, WhatIsNotOneIsCorruptWithAReason) {
  const std::string whole = encode(sidecar_of(7));
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[1]"), whole.substr(0, whole.size() / 2)}) {
    const auto read = decode_sidecar(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Errc::corrupt);
  }
}

TEST(Sidecar, ABrokenEscapeIsCorrupt) {
  const std::string whole = encode(sidecar_of(7));
  for (const char* name : {R"(a\\)", R"(a\\x4)", R"(a\\xzz)", R"(a\\y41)", R"(\\x 4)"}) {
    std::string text = whole;
    text.replace(text.find("orders.csv"), 10, name);
    EXPECT_FALSE(decode_sidecar(text)) << name;
  }
}

TEST(Sidecar, AVersionThatIsNotKnownIsNotGuessedAt) {
  std::string text = encode(sidecar_of(7));
  text.replace(text.find("\"version\": 1"), 12, "\"version\": 2");
  EXPECT_FALSE(decode_sidecar(text));
}

TEST(Sidecar, AFileIsClaimedUnderANameThatNoScanTakes) {
  EXPECT_EQ(origin_path(sidecar_of(7)), "/srv/drop/north/east/orders.csv");
  EXPECT_EQ(claimed_name(7), ".dropload-7");
}

TEST_F(SpoolTest, AnEntryIsMadeOnce) {
  ASSERT_TRUE(spool.make_entry(3));
  const auto again = spool.make_entry(3);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::already_exists);
}

TEST_F(SpoolTest, AScanFindsWhatIsThereInOrderOfIds) {
  for (const SubmissionId id : {10, 9, 2}) ASSERT_TRUE(spool.make_entry(id));
  ASSERT_TRUE(spool.write_sidecar(sidecar_of(10)));
  directory.write("spool/10/data", "x");
  directory.write("spool/9/data", "x");
  directory.write("spool/9/meta.json", "not json");
  directory.write("spool/lock", "");
  directory.write("spool/007x/data", "x");
  const auto entries = spool.scan().value();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].id, 2);
  EXPECT_FALSE(entries[0].has_data || entries[0].sidecar);
  EXPECT_EQ(entries[0].why_unreadable, "");
  EXPECT_EQ(entries[1].id, 9);
  EXPECT_TRUE(entries[1].has_data);
  EXPECT_FALSE(entries[1].sidecar);
  EXPECT_NE(entries[1].why_unreadable, "");
  EXPECT_EQ(entries[2].id, 10);
  EXPECT_TRUE(entries[2].has_data && entries[2].sidecar);
}

TEST_F(SpoolTest, ASidecarOfAnotherSubmissionIsNotBelieved) {
  ASSERT_TRUE(spool.make_entry(4));
  directory.write("spool/4/meta.json", encode(sidecar_of(5)));
  const auto read = spool.read_sidecar(4);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::corrupt);
}

TEST_F(SpoolTest, RemovingAnEntryTakesAllOfItAndMayBeRepeated) {
  ASSERT_TRUE(spool.make_entry(3));
  ASSERT_TRUE(spool.write_sidecar(sidecar_of(3)));
  directory.write("spool/3/data", "x");
  directory.write("spool/3/data.part", "x");
  ASSERT_TRUE(spool.remove_entry(3));
  EXPECT_FALSE(std::filesystem::exists(spool.entry_path(3)));
  EXPECT_TRUE(spool.remove_entry(3));
}

TEST_F(SpoolTest, AHalfRemovedEntryIsNeverOneToEnqueue) {
  for (int n = 1;; ++n) {
    ASSERT_TRUE(spool.make_entry(3));
    ASSERT_TRUE(spool.write_sidecar(sidecar_of(3)));
    directory.write("spool/3/data", "x");
    files.fail_call(n);
    const auto removed = spool.remove_entry(3);
    files.fail_call(0);
    if (removed) {
      EXPECT_GT(n, 3) << "the sidecar, the data and the directory go one after the other";
      break;
    }
    for (const auto& entry : spool.scan().value()) {
      EXPECT_TRUE(n == 1 || !entry.sidecar) << "removing the sidecar comes first";
    }
    ASSERT_TRUE(spool.remove_entry(3));
  }
}

TEST_F(SpoolTest, SyncingAnEntryWithoutDataIsNotFound) {
  ASSERT_TRUE(spool.make_entry(3));
  const auto synced = spool.sync_entry(3);
  ASSERT_FALSE(synced);
  EXPECT_EQ(synced.error().code, Errc::not_found);
}

}  // namespace
}  // namespace dropload::queue
