#include "daemon/queue/bodies.h"

#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

class Bodies : public QueueTest {
 protected:
  SubmissionId accept_with(const std::string& bytes) {
    const auto id = accept();
    EXPECT_TRUE(keep_body(*store, id, bytes));
    return id;
  }
};

TEST_F(Bodies, ABodyIsGivenBackByteForByteAlsoAfterARestart) {
  std::string bytes("id\n1\0\xff\n", 8);
  const auto id = accept_with(bytes);
  restart();
  EXPECT_EQ(body_of(*store, id).value(), bytes);
}

TEST_F(Bodies, ASubmissionWhoseBytesAreInTheSpoolHasNone) {
  EXPECT_EQ(body_of(*store, accept()).value(), std::nullopt);
  EXPECT_EQ(body_of(*store, 77).value(), std::nullopt);
}

TEST_F(Bodies, NothingOfASubmissionThatHasItsBytesHereIsLookedForInTheSpool) {
  const auto waiting = accept_with("id\n1\n");
  const auto ended = accept({.table = "B"});
  ASSERT_TRUE(keep_body(*store, ended, "id\n1\n"));
  succeed(run(ended));
  const auto spooled = accept({.table = "C"});
  EXPECT_EQ(store->ids_in_spool().value(), std::vector<SubmissionId>{spooled});
  EXPECT_EQ(store->backlog().value().submissions, 3U) << "it is unfinished all the same";
  EXPECT_TRUE(body_of(*store, waiting).value());
}

TEST_F(Bodies, ABodyIsKeptUntilItsOriginalIsRetired) {
  const auto id = accept_with("id\n1\n");
  succeed(run(id));
  EXPECT_TRUE(body_of(*store, id).value()) << "it is put away from here";
  ASSERT_TRUE(store->mark_retired(id, "/archive/a.csv", start));
  EXPECT_EQ(body_of(*store, id).value(), std::nullopt);
}

TEST_F(Bodies, ABodyWithoutASubmissionIsRefused) {
  EXPECT_FALSE(keep_body(*store, 77, "id\n1\n"));
}

}  // namespace
}  // namespace dropload::queue
