#include <gmock/gmock.h>

#include "daemon/intake/clearing.h"
#include "daemon/intake/retire.h"
#include "tests/daemon/intake/unpacking_bench.h"
#include "tests/support/zip.h"

// What is left of packages is removed as any other original is.

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using queue::Store;
using testing::IsEmpty;

struct ClearingPackages : testing::Test {
  Unpackings bench;
  std::map<std::string, queue::Route> routes;
  std::optional<Clearing> clearing;

  ClearingPackages() {
    bench.route.keep_done = 30 * 24h;
    bench.route.keep_failed = 90 * 24h;
    routes = {{"sales", bench.route}};
    clearing.emplace(
        Clearing::Parts{bench.store, bench.files, bench.clock, bench.pool, routes, bench.directory.path() / "archive"});
  }
  void end(queue::SubmissionId id, bool imported) {
    const auto now = bench.clock.now();
    const auto carry = [=](Store& s) -> Result<void> {
      if (!imported) return s.fail(id, "no", "", now);
      const auto job = s.begin_job(id, {s.find(id).value().table.organization}, {1, 0}, now).value().id;
      if (auto sent = s.mark_whole_sent(job); !sent) return sent;
      if (auto accepted = s.job_accepted(job, "1", "2", now, now); !accepted) return accepted;
      return s.job_succeeded(job, queue::Rows{1, 1, 0}, "", "{}", now);
    };
    ASSERT_TRUE(bench.store.run_blocking(carry));
    bench.clock.advance(61s);
  }
  // In the order of the runner: the package before its last member.
  void put_away(queue::PackageId id) {
    const RetireSettings settings{bench.directory.path() / "archive"};
    const auto now = bench.clock.now();
    const auto all = bench.members(id);
    for (const auto& member : all) {
      if (member.id == all.back().id) put_package_away(id, settings);
      queue::KeptStamps stamps;
      const auto to = retire(bench.spool, bench.files, settings, member, now, "", &stamps);
      ASSERT_TRUE(to) << to.error().message;
      const auto mark = [&](Store& s) -> Result<void> {
        auto marked = s.mark_retired(member.id, *to, now);
        return marked ? queue::remember_kept(s, member.id, stamps, now) : marked;
      };
      ASSERT_TRUE(bench.store.run_blocking(mark));
    }
  }
  void put_package_away(queue::PackageId id, const RetireSettings& settings) {
    queue::KeptStamps stamps;
    const auto now = bench.clock.now();
    const auto to =
        retire_package(bench.spool, bench.files, settings, bench.package(id).value(), bench.members(id), now, &stamps);
    ASSERT_TRUE(to) << to.error().message;
    const auto mark = [&](Store& s) -> Result<void> {
      auto marked = s.mark_package_retired(id, *to);
      return marked ? queue::remember_kept_package(s, id, stamps, now) : marked;
    };
    ASSERT_TRUE(bench.store.run_blocking(mark));
  }
  // Dropped, its files ended so, and put away.
  std::vector<queue::Submission> ended(bool first_imported, bool second_imported) {
    const auto taken = bench.drop_and_take("all.zip", test::zip_of({{"a.csv", "id\n1\n"}, {"b.csv", "id\n2\n"}}));
    EXPECT_TRUE(taken) << taken.error().message;
    const auto package = taken->package.value().id;
    const auto all = bench.members(package);
    end(all[0].id, first_imported);
    end(all[1].id, second_imported);
    put_away(package);
    return bench.members(package);
  }
  void clear_after(Milliseconds time) {
    bench.clock.advance(time);
    const auto more = test::complete(bench.context, clearing->clear());
    ASSERT_TRUE(more) << more.error().message;
  }
};

TEST_F(ClearingPackages, OneThatIsDoneGoesAfterKeepDoneAndItsFilesSaySo) {
  const auto package = ended(true, true).front().package->id;
  clear_after(30 * 24h - 62s);
  EXPECT_EQ(bench.dropped().size(), 1U);
  clear_after(62s);
  EXPECT_THAT(bench.dropped(), IsEmpty());
  for (const auto& member : bench.members(package)) {
    EXPECT_EQ(member.removed_at, bench.clock.now());
    const auto events = bench.store.run_blocking([id = member.id](Store& s) { return s.events_of(id); }).value();
    EXPECT_EQ(events.back().what, "original removed");
  }
  EXPECT_EQ(bench.package(package)->retired_to, "");
}

TEST_F(ClearingPackages, OneThatIsDoneInPartGoesAfterKeepFailedWithItsReason) {
  const auto members = ended(true, false);
  clear_after(89 * 24h);
  EXPECT_EQ(bench.dropped().size(), 4U) << "the package, the file that failed, and their reasons";
  clear_after(24h);
  EXPECT_THAT(bench.dropped(), IsEmpty());
  for (const auto& member : bench.members(members.front().package->id))
    EXPECT_EQ(member.removed_at, bench.clock.now()) << member.id;
}

TEST_F(ClearingPackages, OneThatAPersonHasChangedStays) {
  const auto members = ended(true, true);
  const fs::path lies = *members.front().retired_to;
  fs::last_write_time(lies, fs::last_write_time(lies) + 1h);
  clear_after(60 * 24h);
  EXPECT_TRUE(fs::exists(lies));
  EXPECT_FALSE(bench.members(members.front().package->id).front().removed_at);
}

}  // namespace
}  // namespace dropload::intake
