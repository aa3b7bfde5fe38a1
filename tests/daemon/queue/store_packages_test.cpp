#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

class StorePackages : public QueueTest {
 protected:
  Package package_with(std::uint64_t members) {
    Package p;
    p.id = store->reserve_id();
    p.route = "sales";
    p.file_name = "all\xff.zip";
    p.drop_directory = "/drop";
    p.size = 1'000;
    p.sha256 = "ef";
    p.accepted_at = start;
    p.members = members;
    p.left_out_count = 1;
    p.left_out = "x: y\n";
    return p;
  }
  SubmissionId accept_member(PackageId package, const std::string& member) {
    auto s = made();
    s.package = package;
    s.member = member;
    return store->accept(s).value().id;
  }
  PackageId accept_package() {
    const auto package = package_with(2);
    EXPECT_TRUE(store->add_package(package, package.id + 1));
    first = accept_member(package.id, "a/x.csv");
    second = accept_member(package.id, "b/x.csv");
    return package.id;
  }
  void fail(SubmissionId id) { ASSERT_TRUE(store->fail(id, "bad", "mend it", start)); }

  SubmissionId first = 0;
  SubmissionId second = 0;
};

TEST_F(StorePackages, AMemberKnowsItsPackageAndThePackageItsMembers) {
  const auto id = accept_package();
  restart();
  const auto member = store->find(second).value();
  EXPECT_EQ(member.package, (InPackage{id, "all\xff.zip", "b/x.csv"}));
  EXPECT_TRUE(member.is_member());
  const auto package = store->find_package(id).value();
  EXPECT_EQ(package.file_name, "all\xff.zip");
  EXPECT_EQ(package.members, 2U);
  EXPECT_EQ(package.left_out, "x: y\n");
  EXPECT_FALSE(package.retired_to);
  const auto members = store->members_of(id).value();
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].id, first);
  EXPECT_EQ(code_of(store->find_package(first)), Errc::not_found);
  EXPECT_EQ(store->list({}).value().size(), 2U);
}

TEST_F(StorePackages, OneIsAcceptedOnce) {
  const auto package = package_with(1);
  ASSERT_TRUE(store->add_package(package, package.id + 1));
  EXPECT_EQ(code_of(store->add_package(package, package.id + 1)), Errc::already_exists);
}

TEST_F(StorePackages, ItsBytesCountUntilItIsPutAway) {
  const auto id = accept_package();
  EXPECT_EQ(store->backlog().value(), (Backlog{2, 1'200}));
  ASSERT_TRUE(store->mark_package_retired(id, "/drop/done/all.zip"));
  EXPECT_EQ(store->backlog().value(), (Backlog{2, 200}));
}

TEST_F(StorePackages, TheLastMemberWaitsForThePackage) {
  const auto id = accept_package();
  succeed(run(first));
  EXPECT_FALSE(store->package_before(first).value()) << "another one is on its way";
  ASSERT_TRUE(store->mark_retired(first, "/spool/1/data", start));
  fail(second);
  EXPECT_EQ(code_of(store->mark_retired(second, "/drop/failed/x.csv", start)), Errc::stale);
  const auto before = store->package_before(second).value();
  ASSERT_TRUE(before);
  EXPECT_EQ(before->id, id);
  ASSERT_TRUE(store->mark_package_retired(id, "/drop/failed/all.zip"));
  EXPECT_FALSE(store->package_before(second).value());
  ASSERT_TRUE(store->mark_retired(second, "/drop/failed/x.csv", start));
  EXPECT_EQ(store->find(first)->retired_to, "/drop/failed/all.zip") << "it is done, and lies in the package";
  EXPECT_EQ(store->find(second)->retired_to, "/drop/failed/x.csv") << "it has a place of its own";
}

TEST_F(StorePackages, AMemberThatIsDoneLastLiesInThePackageToo) {
  const auto id = accept_package();
  fail(first);
  ASSERT_TRUE(store->mark_retired(first, "/drop/failed/x.csv", start));
  succeed(run(second));
  ASSERT_TRUE(store->mark_package_retired(id, "/drop/failed/all.zip"));
  ASSERT_TRUE(store->mark_retired(second, "/spool/3/data", start));
  EXPECT_EQ(store->find(second)->retired_to, "/drop/failed/all.zip");
}

TEST_F(StorePackages, OneThatWasRefusedIsASubmissionOfItsOwnNumber) {
  auto s = made();
  s.is_package = true;
  s.file_name = "all.zip";
  ASSERT_TRUE(store->accept(s));
  const auto found = store->find(s.id).value();
  EXPECT_TRUE(found.is_refused_package());
  EXPECT_EQ(found.package, (InPackage{s.id, "all.zip", ""}));
  fail(s.id);
  ASSERT_TRUE(store->mark_retired(s.id, "/drop/failed/all.zip", start));
  auto retry = package_with(1);
  retry.retry_of = s.id;
  ASSERT_TRUE(store->add_package(retry, retry.id + 1));
  EXPECT_EQ(store->find(s.id)->retried_as, retry.id + 1);
  EXPECT_EQ(store->find(s.id)->retired_to, "");
  auto again = package_with(1);
  again.retry_of = s.id;
  EXPECT_EQ(code_of(store->add_package(again, again.id + 1)), Errc::stale) << "it has one place";
}

}  // namespace
}  // namespace dropload::queue
