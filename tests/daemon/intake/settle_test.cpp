#include "daemon/intake/settle.h"

#include <gtest/gtest.h>

namespace dropload::intake {
namespace {

using Lease = Look::Lease;

Look look_of(std::uint64_t size, Lease lease, std::int64_t mtime_ns = 1) {
  return {.device = 1, .inode = 2, .size = size, .mtime_ns = mtime_ns, .lease = lease};
}

struct Settle : testing::Test {
  Settling settling{{.stable_for = Milliseconds{2'000}, .empty_grace = Milliseconds{10'000}}};
  Time now{1'000'000};

  bool taken(const Look& look) { return std::holds_alternative<TakeIt>(settling.look("a.csv", look, now)); }
  Milliseconds wait(const Look& look) {
    const auto settled = settling.look("a.csv", look, now);
    return std::holds_alternative<LookAgain>(settled) ? std::get<LookAgain>(settled).at - now : Milliseconds{-1};
  }
};

TEST_F(Settle, AFileThatNobodyWritesToIsTakenAtOnce) {
  EXPECT_TRUE(taken(look_of(5, Lease::free)));
}

TEST_F(Settle, AFileThatSomebodyHasOpenForWritingIsNeverTakenHoweverLongItRests) {
  EXPECT_FALSE(taken(look_of(5, Lease::writer)));
  now = now + Milliseconds{3'600'000};
  EXPECT_FALSE(taken(look_of(5, Lease::writer)));
  EXPECT_TRUE(taken(look_of(5, Lease::free)));
}

TEST_F(Settle, AWriterThatRestsIsLookedAtMoreAndMoreRarely) {
  EXPECT_EQ(wait(look_of(5, Lease::writer)), Milliseconds{2'000});
  now = now + Milliseconds{5'000};
  EXPECT_EQ(wait(look_of(5, Lease::writer)), Milliseconds{5'000});
  now = now + Milliseconds{500'000};
  EXPECT_EQ(wait(look_of(5, Lease::writer)), Milliseconds{60'000});
  EXPECT_EQ(wait(look_of(6, Lease::writer)), Milliseconds{2'000}) << "it grows again";
}

TEST_F(Settle, WhereTheLeaseCannotTellAFileMustRestForTheWindow) {
  EXPECT_EQ(wait(look_of(5, Lease::unknown)), Milliseconds{2'000});
  now = now + Milliseconds{1'999};
  EXPECT_EQ(wait(look_of(5, Lease::unknown)), Milliseconds{1});
  now = now + Milliseconds{1};
  EXPECT_TRUE(taken(look_of(5, Lease::unknown)));
}

TEST_F(Settle, AFileThatStillGrowsIsNotTaken) {
  for (std::uint64_t size = 1; size < 10; ++size) {
    EXPECT_FALSE(taken(look_of(size, Lease::unknown)));
    now = now + Milliseconds{1'500};
  }
}

TEST_F(Settle, AChangeOfTheTimeOrAReplacedFileStartsTheWindowAnew) {
  EXPECT_FALSE(taken(look_of(5, Lease::unknown, 1)));
  now = now + Milliseconds{1'500};
  EXPECT_FALSE(taken(look_of(5, Lease::unknown, 2)));
  now = now + Milliseconds{1'500};
  auto replaced = look_of(5, Lease::unknown, 2);
  replaced.inode = 3;
  EXPECT_EQ(wait(replaced), Milliseconds{2'000});
}

TEST_F(Settle, AMtimeInTheFutureOrThePastChangesNothing) {
  EXPECT_TRUE(taken(look_of(5, Lease::free, 99'000'000'000'000'000)));
  EXPECT_TRUE(taken(look_of(5, Lease::free, -5)));
}

TEST_F(Settle, ANewEmptyFileMayStillBeArriving) {
  EXPECT_EQ(wait(look_of(0, Lease::free)), Milliseconds{10'000});
  now = now + Milliseconds{4'000};
  EXPECT_FALSE(taken(look_of(0, Lease::free)));
  EXPECT_TRUE(taken(look_of(5, Lease::free, 2))) << "its bytes have come";
}

TEST_F(Settle, AFileThatStaysEmptyIsTakenAfterTheGrace) {
  EXPECT_FALSE(taken(look_of(0, Lease::unknown)));
  now = now + Milliseconds{10'000};
  EXPECT_TRUE(taken(look_of(0, Lease::unknown)));
}

TEST_F(Settle, DueNamesAndTheNextTimeAreThoseOfFilesThatWait) {
  EXPECT_EQ(settling.next(), std::nullopt);
  (void)settling.look("b.csv", look_of(5, Lease::unknown), now);
  (void)settling.look("c.csv", look_of(0, Lease::free), now);
  EXPECT_EQ(settling.next(), now + Milliseconds{2'000});
  EXPECT_TRUE(settling.due(now).empty());
  EXPECT_EQ(settling.due(now + Milliseconds{2'000}), std::vector<std::string>{"b.csv"});
  settling.forget("b.csv");
  EXPECT_EQ(settling.next(), now + Milliseconds{10'000});
}

TEST_F(Settle, ATakenFileIsForgotten) {
  (void)settling.look("a.csv", look_of(5, Lease::unknown), now);
  now = now + Milliseconds{2'000};
  EXPECT_TRUE(taken(look_of(5, Lease::unknown)));
  EXPECT_EQ(settling.next(), std::nullopt);
  EXPECT_EQ(wait(look_of(5, Lease::unknown)), Milliseconds{2'000}) << "the next file of this name";
}

}  // namespace
}  // namespace dropload::intake
