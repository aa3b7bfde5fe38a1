// Submissions whose bytes are in the queue's file.

#include "daemon/queue/bodies.h"
#include "tests/daemon/run/runner_fixture.h"

namespace dropload::run {
namespace {

class SmallBodyTest : public RunnerTest {
 protected:
  SubmissionId keep(const std::string& text, const std::string& table = "sales") {
    auto added = submission_of(table, "append");
    added.size = text.size();
    added.shape = "a";
    added.records = std::ranges::count(text, '\n') - 1;
    EXPECT_TRUE(store_->run_blocking([added, text](Store& store) -> Result<void> {
      if (auto accepted = store.accept(added); !accepted) return accepted.error();
      return queue::keep_body(store, added.id, text);
    }));
    return added.id;
  }
  void run_to_its_end(SubmissionId id) {
    start();
    run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::running; });
    pass(context_->settings.outcome.first_poll);
    run_until([&] { return find(id).retired_to.has_value(); });
  }
};

TEST_F(SmallBodyTest, IsSentAndItsOriginalIsInTheArchiveAfterwards) {
  target_->summary = {"APPEND", 1, 1, 0, 0, 0, "updated"};
  const auto id = keep("id,b\n1,x\n");
  run_to_its_end(id);
  EXPECT_EQ(target_->bodies.at(0), "id,b\n1,x\n");
  EXPECT_EQ(find(id).state, SubmissionState::done);
  EXPECT_EQ(test::contents(*find(id).retired_to), "id,b\n1,x\n");
}

TEST_F(SmallBodyTest, IsDeletedWithoutBeingWrittenWhereTheRouteDeletesWhatIsDone) {
  target_->summary = {"APPEND", 1, 1, 0, 0, 0, "updated"};
  context_->routes["append"].delete_when_done = true;
  bool moved = false;
  files_.moving = [&] { moved = true; };
  const auto id = keep("id,b\n1,x\n");
  run_to_its_end(id);
  EXPECT_EQ(*find(id).retired_to, "");
  EXPECT_FALSE(moved) << "there is no file to move";
  EXPECT_TRUE(std::filesystem::is_empty(spool_->directory()));
}

TEST_F(SmallBodyTest, TravelsTogetherWithOthersAndWithFilesOfTheSpool) {
  target_->summary = {"APPEND", 3, 3, 0, 0, 0, "updated"};
  context_->routes["append"].merge = true;
  const auto a = keep("id,b\n1,x\n");
  auto spooled = submission_of("sales", "append");
  spooled.shape = "a";
  spooled.records = 1;
  accept(std::move(spooled), "id,b\n2,y\n");
  keep("id,b\n3,z\n");
  start();
  run_until([&] { return !jobs_of(a).empty() && jobs_of(a)[0].state == queue::JobState::running; });
  EXPECT_EQ(target_->bodies.at(0), "id,b\n1,x\n2,y\n3,z\n");
}

TEST_F(SmallBodyTest, WithOtherBytesThanWereAcceptedIsHeld) {
  const auto id = keep("id,b\n1,x\n");
  other_.exec("UPDATE body SET bytes = x'6964'");
  start();
  run_until_state(id, SubmissionState::held);
  EXPECT_THAT(find(id).reason, HasSubstr("9 bytes were accepted and 2 are there"));
}

}  // namespace
}  // namespace dropload::run
