#include <random>
#include <set>

#include <sys/mman.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "common/base/files.h"
#include "daemon/intake/package_reader.h"
#include "tests/daemon/intake/unpacking_bench.h"
#include "tests/support/zip.h"

// Packages that were damaged in any way: nothing of them is given that their checksums do not vouch for.

namespace dropload::intake {
namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t end) {
  return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
}

// One to three changes: bits, bytes, a cut, what is repeated, taken away or put in.
std::string damaged(std::string bytes, Random& random) {
  for (auto changes = 1 + below(random, 3); changes > 0 && !bytes.empty(); --changes) {
    const auto at = below(random, bytes.size());
    const auto count = std::min(bytes.size() - at, 1 + below(random, 40));
    switch (below(random, 6)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(random, 8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(below(random, 256));
        break;
      case 2:
        bytes.resize(at);
        break;
      case 3:
        bytes.insert(below(random, bytes.size()), bytes.substr(at, count));
        break;
      case 4:
        bytes.erase(at, count);
        break;
      default:
        bytes.replace(at, count, std::string(count, below(random, 2) == 0 ? '\0' : '\xff'));
    }
  }
  return bytes;
}

struct GivenMember {
  std::string path;
  std::string content;
};

// The members that came to their ends. More than `most` bytes are not asked for.
std::vector<GivenMember> given_by(PackageKind kind, const std::string& bytes, std::size_t most) {
  const UniqueFd fd(::memfd_create("package", MFD_CLOEXEC));
  EXPECT_EQ(::write(fd.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  EXPECT_EQ(::lseek(fd.get(), 0, SEEK_SET), 0);
  std::vector<GivenMember> given;
  auto reader = open_package(kind, fd.get(), bytes.size());
  if (!reader) return given;
  std::vector<std::byte> buffer(1'000);
  for (std::size_t total = 0; total < most;) {
    const auto member = (*reader)->next();
    if (!member || !*member) return given;
    if (!(*member)->is_file || (*member)->is_encrypted) continue;
    std::string content;
    for (;;) {
      const auto count = (*reader)->read(buffer);
      if (!count) {
        EXPECT_FALSE(count.error().message.empty());
        return given;
      }
      if (*count == 0) break;
      EXPECT_LE(*count, buffer.size());
      content.append(reinterpret_cast<const char*>(buffer.data()), *count);
      total += *count;
      if (total >= most) return given;
    }
    given.push_back({(*member)->path, std::move(content)});
  }
  return given;
}

std::string rows(std::size_t bytes, Random& random) {
  std::string text = "id,name\n";
  while (text.size() < bytes) text += std::to_string(random()) + ",x\n";
  return text;
}

constexpr int rounds_of_each = 700;
constexpr std::size_t most_given = 4 * 1024 * 1024;

TEST(DamagedPackages, OfASingleFileNoByteIsGivenThatItsChecksumDoesNotVouchFor) {
  Random random(1);
  for (const auto& [kind, filter] : {std::pair{PackageKind::gzip, "gzip"}, std::pair{PackageKind::xz, "xz"},
                                     std::pair{PackageKind::bzip2, "bzip2"}}) {
    const auto text = rows(1'500, random);
    const auto whole = test::compressed(text, filter);
    ASSERT_EQ(given_by(kind, whole, most_given).size(), 1U);
    int intact = 0;
    for (int round = 0; round < rounds_of_each; ++round) {
      const auto given = given_by(kind, damaged(whole, random), most_given);
      if (given.empty()) continue;
      ASSERT_EQ(given.front().content, text) << filter << ", round " << round;
      ++intact;
    }
    EXPECT_LT(intact, rounds_of_each / 2) << filter;
  }
}

// libarchive writes zstd without a checksum: there is nothing to be verified, but it is to end.
TEST(DamagedPackages, OfAFormatWithoutAChecksumTheReadingEnds) {
  Random random(2);
  const auto whole = test::compressed(rows(1'500, random), "zstd");
  for (int round = 0; round < rounds_of_each; ++round)
    EXPECT_LE(given_by(PackageKind::zstd, damaged(whole, random), most_given).size(), 1U);
}

TEST(DamagedPackages, OfAZipNoMemberIsGivenThatItsChecksumDoesNotVouchFor) {
  Random random(3);
  for (const char* options : {"", "zip:compression=store"}) {
    const auto one = rows(600, random);
    const auto other = rows(900, random);
    const auto whole = test::zip_of({{"a.csv", one}, {"d/b.csv", other}, {"empty.csv", ""}}, options);
    for (int round = 0; round < rounds_of_each; ++round) {
      for (const auto& member : given_by(PackageKind::zip, damaged(whole, random), most_given)) {
        const auto& content = member.content;
        ASSERT_TRUE(content == one || content == other || content.empty())
            << "round " << round << ", " << content.size() << " bytes of " << member.path;
        // An empty one is what it is only under its own name.
        ASSERT_TRUE(!content.empty() || member.path != "a.csv") << "round " << round;
      }
    }
  }
}

TEST(DamagedPackages, NothingIsLeftOutsideOfTheSpoolAndNoLimitIsExceeded) {
  Random random(4);
  Unpackings bench;
  bench.route.max_bytes = 2'000;
  bench.route.on_duplicate = queue::OnDuplicate::take;
  const auto zip = test::zip_of({{"a.csv", rows(600, random)}, {"../../b.csv", rows(1'900, random)}});
  const auto gzip = test::compressed(rows(1'900, random), "gzip");
  for (int round = 0; round < 60; ++round) {
    const bool is_zip = round % 2 == 0;
    (void)bench.drop_and_take(is_zip ? "all.zip" : "a.csv.gz", damaged(is_zip ? zip : gzip, random));
    std::filesystem::remove(bench.drop() / "all.zip");
    std::filesystem::remove(bench.drop() / "a.csv.gz");
  }
  EXPECT_TRUE(bench.dropped().empty());
  for (const auto& submission : bench.submissions())
    EXPECT_LE(submission.size, 2'000 + zip.size()) << submission.file_name;
  std::set<std::string> around;
  for (const auto& entry : std::filesystem::directory_iterator(bench.directory.path()))
    around.insert(entry.path().filename().string().substr(0, 5));
  EXPECT_EQ(around, (std::set<std::string>{"drop", "queue", "spool"}));
}

}  // namespace
}  // namespace dropload::intake
