#pragma once

// An intake for packages: drop/, spool/, queue.db, and words for what tests do with them.

#include "tests/daemon/intake/intake_bench.h"
#include "tests/support/memory_body.h"

namespace dropload::intake {

// A route whose files go to the table that their first word names.
struct Unpackings : Bench {
  explicit Unpackings(RoomLimits room = {}) : Bench(room) { route.on_duplicate = queue::OnDuplicate::hold; }

  void route_by_name() {
    route.table.clear();
    route.table_pattern = "(?<table>[a-z]+)[._].*";
  }
  Result<queue::Submission> drop_and_take(const std::string& name, const std::string& bytes) {
    directory.write("drop/" + name, bytes);
    return take(name);
  }
  Result<queue::Submission> receive(const std::string& name, const std::string& bytes) {
    test::MemoryBody body(bytes);
    return test::complete(context, intake.receive(route, name, body));
  }
  std::vector<queue::Submission> members(queue::PackageId id) {
    return store.run_blocking([id](queue::Store& s) { return s.members_of(id); }).value();
  }
  Result<queue::Package> package(queue::PackageId id) {
    return store.run_blocking([id](queue::Store& s) { return s.find_package(id); });
  }
  std::string data(queue::SubmissionId id) { return test::contents(spool.data_path(id)); }
  // The package has failed as a whole, and nothing else is there.
  void expect_refused(const Result<queue::Submission>& taken, const std::string& why) {
    ASSERT_TRUE(taken) << taken.error().message;
    EXPECT_EQ(taken->state, queue::SubmissionState::failed);
    EXPECT_NE(taken->reason.find(why), std::string::npos) << taken->reason;
    EXPECT_FALSE(taken->advice.empty());
    EXPECT_TRUE(taken->is_refused_package());
    EXPECT_EQ(submissions().size(), 1U);
    const auto id = std::to_string(taken->id);
    EXPECT_EQ(spooled(), (std::vector<std::string>{id + "/data", id + "/meta.json"}));
    EXPECT_TRUE(dropped().empty());
  }
};

}  // namespace dropload::intake
