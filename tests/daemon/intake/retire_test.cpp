#include "daemon/intake/retire.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include "daemon/intake/sha256.h"
#include "tests/support/faulty_files.h"
#include "tests/support/temporary_directory.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using queue::SubmissionState;
using test::contents;
using test::FaultyFiles;

constexpr std::string_view bytes = "id,name\n1,a\n";
constexpr Time noon{1'795'435'200'000};  // 2026-11-23 12:00 UTC

struct Place {
  test::TemporaryDirectory directory;
  FaultyFiles files;
  queue::Spool spool = queue::Spool::open(directory.path() / "spool", files).value();
  RetireSettings settings{.archive = directory.path() / "archive"};
  queue::Submission submission;
  std::string day = to_local_date(noon);

  explicit Place(SubmissionState state = SubmissionState::done, const std::string& subdirectory = "") {
    submission.id = 5;
    submission.route = "sales";
    submission.table = {"main", "Demo", "Sales"};
    submission.file_name = "sales.csv";
    submission.drop_directory = drop().string();
    submission.size = bytes.size();
    submission.sha256 = sha256_of_bytes();
    submission.state = state;
    submission.reason = "The file has no column id.";
    fs::create_directories(drop());
    queue::Sidecar sidecar;
    sidecar.submission.id = 5;
    sidecar.submission.file_name = "sales.csv";
    sidecar.submission.drop_directory = drop().string();
    sidecar.submission.sha256 = submission.sha256;
    sidecar.subdirectory = subdirectory;
    EXPECT_TRUE(spool.make_entry(5) && spool.write_sidecar(sidecar));
    directory.write("spool/5/data", bytes);
  }

  [[nodiscard]] fs::path drop() const { return directory.path() / "drop"; }
  [[nodiscard]] fs::path data() const { return spool.data_path(5); }
  Result<std::string> run() { return retire(spool, files, settings, submission, noon); }

  // Every regular file below the drop directory and the archive, by its path below the temporary directory.
  [[nodiscard]] std::vector<std::string> placed() const {
    std::vector<std::string> found;
    for (const auto* tree : {"drop", "archive"}) {
      if (!fs::exists(directory.path() / tree)) continue;
      for (const auto& entry : fs::recursive_directory_iterator(directory.path() / tree)) {
        if (entry.is_regular_file()) found.push_back(entry.path().lexically_relative(directory.path()).string());
      }
    }
    std::ranges::sort(found);
    return found;
  }

 private:
  static std::string sha256_of_bytes() {
    Sha256 hash;
    hash.update(std::as_bytes(std::span(bytes)));
    return hash.finish();
  }
};

TEST(Retire, AnImportedFileGoesToDoneOfTheDay) {
  Place place;
  const auto to = place.run();
  ASSERT_TRUE(to) << to.error().message;
  EXPECT_EQ(*to, (place.drop() / "done" / place.day / "sales.csv").string());
  EXPECT_EQ(contents(*to), bytes);
  EXPECT_FALSE(fs::exists(place.data()));
  EXPECT_EQ(place.placed(), std::vector<std::string>{"drop/done/" + place.day + "/sales.csv"});
}

TEST(Retire, WhatEndedOtherwiseGoesToFailedWithAReasonFile) {
  for (const auto state : {SubmissionState::failed, SubmissionState::cancelled, SubmissionState::superseded}) {
    Place place(state);
    const auto to = place.run();
    ASSERT_TRUE(to) << to.error().message;
    EXPECT_EQ(*to, (place.drop() / "failed" / place.day / "sales.csv").string());
    EXPECT_EQ(contents(*to + ".error.txt"), error_text(place.submission, "", "sales.csv"));
    EXPECT_EQ(place.placed().size(), 2U);
  }
}

TEST(Retire, AFileFromASubdirectoryKeepsItBelowTheDay) {
  Place place(SubmissionState::done, "north/east");
  EXPECT_EQ(place.run().value(), (place.drop() / "done" / place.day / "north/east/sales.csv").string());
}

TEST(Retire, WithoutADropDirectoryItGoesToTheArchive) {
  Place place(SubmissionState::failed);
  place.submission.drop_directory.reset();
  EXPECT_EQ(place.run().value(), (place.settings.archive / "failed" / place.day / "sales.csv").string());
}

TEST(Retire, NamesNeverReplaceOneAnother) {
  Place place(SubmissionState::failed);
  const std::string failed = "drop/failed/" + place.day;
  place.directory.write(failed + "/sales.csv", "first");
  place.directory.write(failed + "/sales.2.csv.error.txt", "somebody's");
  EXPECT_EQ(place.run().value(), (place.directory.path() / failed / "sales.3.csv").string());
  EXPECT_EQ(contents(place.directory.path() / failed / "sales.csv"), "first");
  EXPECT_EQ(contents(place.directory.path() / failed / "sales.2.csv.error.txt"), "somebody's");
}

TEST(Retire, TheReasonFileSaysWhereItWasDropped) {
  Place place(SubmissionState::failed, "north");
  place.directory.write("drop/failed/" + place.day + "/north/sales.csv", "first");
  EXPECT_NE(contents(place.run().value() + ".error.txt")
                .find("put it back into " + (place.drop() / "north").string() + " under its old name, sales.csv"),
            std::string::npos);
}

TEST(Retire, ARenamedFileKeepsItsTime) {
  Place place;
  const timespec times[2] = {{1'600'000'000, 5}, {1'600'000'000, 7}};
  ASSERT_EQ(::utimensat(AT_FDCWD, place.data().c_str(), times, 0), 0);
  struct stat info {};
  ASSERT_EQ(::stat(place.run().value().c_str(), &info), 0);
  EXPECT_EQ(info.st_mtim.tv_sec, 1'600'000'000);
  EXPECT_EQ(info.st_mtim.tv_nsec, 7);
}

TEST(Retire, ACopiedFileKeepsItsTimeToo) {
  Place place;
  place.files.separate(place.spool.directory(), place.drop());
  const timespec times[2] = {{1'600'000'000, 5}, {1'600'000'000, 7}};
  ASSERT_EQ(::utimensat(AT_FDCWD, place.data().c_str(), times, 0), 0);
  const auto to = place.run();
  ASSERT_TRUE(to) << to.error().message;
  struct stat info {};
  ASSERT_EQ(::stat(to->c_str(), &info), 0);
  EXPECT_EQ(info.st_mtim.tv_nsec, 7);
  EXPECT_EQ(contents(*to), bytes);
  EXPECT_FALSE(fs::exists(place.data()));
  EXPECT_EQ(place.placed().size(), 1U);
}

TEST(Retire, ACopyWithOtherBytesThanWereAcceptedIsNotPlaced) {
  Place place;
  place.files.separate(place.spool.directory(), place.drop());
  place.directory.write("spool/5/data", "other bytes!");
  EXPECT_FALSE(place.run());
  EXPECT_TRUE(fs::exists(place.data()));
}

TEST(Retire, AnImportedFileIsDeletedWhenThatWasAsked) {
  Place place;
  place.settings.delete_when_done = true;
  EXPECT_EQ(place.run().value(), "");
  EXPECT_EQ(place.run().value(), "") << "once more, after a crash";
  EXPECT_FALSE(fs::exists(place.data()));
  EXPECT_TRUE(place.placed().empty());
}

TEST(Retire, AFailedFileIsNeverDeleted) {
  Place place(SubmissionState::failed);
  place.settings.delete_when_done = true;
  EXPECT_TRUE(fs::exists(place.run().value()));
}

TEST(Retire, AnOriginalThatSomebodyRemovedFromTheSpoolEndsNowhere) {
  Place place(SubmissionState::failed);
  ASSERT_TRUE(place.spool.remove_entry(5));
  EXPECT_EQ(place.run().value(), "");
}

TEST(Retire, ASpoiledSidecarDoesNotStopIt) {
  Place place;
  place.directory.write("spool/5/meta.json", "{");
  EXPECT_EQ(place.run().value(), (place.drop() / "done" / place.day / "sales.csv").string());
}

TEST(Retire, ASecondRunFindsWhatTheFirstDidEvenOnTheNextDay) {
  Place place(SubmissionState::failed);
  const auto first = place.run().value();
  fs::remove(first + ".error.txt");
  EXPECT_EQ(retire(place.spool, place.files, place.settings, place.submission, noon + Milliseconds{86'400'000}).value(),
            first);
  EXPECT_TRUE(fs::exists(first + ".error.txt"));
  EXPECT_EQ(place.placed().size(), 2U);
}

TEST(Retire, AMoveThatWasCutBetweenLinkAndUnlinkIsFinished) {
  Place place;
  auto sidecar = place.spool.read_sidecar(5).value();
  sidecar.retiring_to = (place.drop() / "done" / place.day / "sales.csv").string();
  ASSERT_TRUE(place.spool.write_sidecar(sidecar));
  fs::create_directories(fs::path(sidecar.retiring_to).parent_path());
  fs::create_hard_link(place.data(), sidecar.retiring_to);
  EXPECT_EQ(place.run().value(), sidecar.retiring_to);
  EXPECT_FALSE(fs::exists(place.data()));
}

TEST(Retire, ANameThatWasTakenSinceItWasChosenIsLeftAndAnotherChosen) {
  Place place;
  auto sidecar = place.spool.read_sidecar(5).value();
  sidecar.retiring_to = (place.drop() / "done" / place.day / "sales.csv").string();
  ASSERT_TRUE(place.spool.write_sidecar(sidecar));
  place.directory.write("drop/done/" + place.day + "/sales.csv", "another");
  EXPECT_EQ(place.run().value(), (place.drop() / "done" / place.day / "sales.2.csv").string());
  EXPECT_EQ(contents(sidecar.retiring_to), "another");
}

TEST(Retire, NothingGoesThroughALinkInThePlaceOfDoneOrFailed) {
  for (const auto state : {SubmissionState::done, SubmissionState::failed}) {
    for (const bool of_the_day : {false, true}) {
      Place place(state);
      fs::path link = place.drop() / (state == SubmissionState::done ? "done" : "failed");
      if (of_the_day) {
        fs::create_directories(link);
        link /= place.day;
      }
      fs::create_directory(place.directory.path() / "elsewhere");
      fs::create_directory_symlink(place.directory.path() / "elsewhere", link);
      const auto to = place.run();
      ASSERT_FALSE(to) << *to;
      EXPECT_EQ(to.error().message,
                link.string() + " is a symbolic link, and links are not followed; put a directory in its place");
      EXPECT_TRUE(fs::is_empty(place.directory.path() / "elsewhere"));
      EXPECT_EQ(contents(place.data()), bytes);
    }
  }
}

TEST(Retire, ADropDirectoryThatIsGoneIsNotMadeAgain) {
  Place place;
  fs::rename(place.drop(), place.directory.path() / "unmounted");
  EXPECT_EQ(place.run().error().code, Errc::unavailable);
  EXPECT_FALSE(fs::exists(place.drop()));
  EXPECT_EQ(contents(place.data()), bytes);
  fs::rename(place.directory.path() / "unmounted", place.drop());
  EXPECT_TRUE(fs::exists(place.run().value()));
}

TEST(Retire, AnEqualOriginalOfTheSameNameIsNotTakenForAnEarlierCopy) {
  Place place;
  place.files.separate(place.spool.directory(), place.drop());
  auto sidecar = place.spool.read_sidecar(5).value();
  sidecar.retiring_to = (place.drop() / "done" / place.day / "sales.csv").string();
  ASSERT_TRUE(place.spool.write_sidecar(sidecar));
  place.directory.write("drop/done/" + place.day + "/sales.csv", bytes);
  EXPECT_EQ(place.run().value(), (place.drop() / "done" / place.day / "sales.2.csv").string());
  EXPECT_EQ(place.placed().size(), 2U);
}

// Fails one step after the other, at each as an error and as a crash, and heals.
void walk_every_step(bool across, FaultyFiles::After after, Errc code) {
  for (int n = 1;; ++n) {
    Place place(SubmissionState::failed);
    if (across) place.files.separate(place.spool.directory(), place.drop());
    place.files.fail_call(n, code, after);
    const auto first = place.run();
    const bool failed = place.files.failed();
    place.files.fail_call(0);
    const fs::path destination = place.drop() / "failed" / place.day / "sales.csv";
    ASSERT_TRUE(fs::exists(place.data()) || fs::exists(destination)) << "step " << n << ": the bytes are lost";
    EXPECT_NE(first.has_value(), failed) << "step " << n << ": an error was passed over";
    const auto second = place.run();
    ASSERT_TRUE(second) << "step " << n << ": " << second.error().message;
    EXPECT_EQ(*second, destination.string()) << "step " << n;
    EXPECT_EQ(contents(destination), bytes);
    EXPECT_FALSE(fs::exists(place.data())) << "step " << n;
    EXPECT_EQ(place.placed().size(), 2U) << "step " << n << ": the original and its reason, nothing else";
    if (!failed) {
      EXPECT_GT(n, 8);
      return;
    }
  }
}

TEST(Retire, AnErrorAtAnyStepIsHealedByTheNextRun) {
  for (const auto code : {Errc::no_space, Errc::io, Errc::permission_denied}) {
    walk_every_step(false, FaultyFiles::After::go_on, code);
  }
}
TEST(Retire, ACrashAtAnyStepIsHealedByTheNextRun) {
  walk_every_step(false, FaultyFiles::After::crash, Errc::no_space);
}
TEST(Retire, AnErrorAtAnyStepBetweenFileSystemsIsHealedByTheNextRun) {
  for (const auto code : {Errc::no_space, Errc::io, Errc::permission_denied}) {
    walk_every_step(true, FaultyFiles::After::go_on, code);
  }
}
TEST(Retire, ACrashAtAnyStepBetweenFileSystemsIsHealedByTheNextRun) {
  walk_every_step(true, FaultyFiles::After::crash, Errc::no_space);
}

}  // namespace
}  // namespace dropload::intake
