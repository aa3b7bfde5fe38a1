#include "daemon/service/upload.h"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include "tests/support/faulty_files.h"
#include "tests/support/memory_body.h"
#include "tests/support/running_service.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

namespace asio = http::asio;

class UploadTest : public testing::Test {
 protected:
  Checked<Form> receive(http::BodyReader& body, std::string content_type = test::form_type()) {
    UploadFile file = UploadFile::create(files_, path_).value();
    asio::io_context context;
    std::optional<Checked<Form>> received;
    asio::co_spawn(context, receive_form(body, std::move(content_type), file, 1000, pool_),
                   [&](const std::exception_ptr& thrown, Checked<Form> form) {
                     if (thrown) std::rethrow_exception(thrown);
                     received.emplace(std::move(form));
                   });
    context.run();
    if (*received) file.keep();
    return *received;
  }
  Checked<Form> receive(const std::vector<test::Part>& parts, std::size_t piece = std::string::npos) {
    test::MemoryBody body(test::form_of(parts), piece);
    return receive(body);
  }
  static int code_of(const Checked<Form>& received) { return received ? 0 : received.error().code; }

  test::TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "upload";
  test::FaultyFiles files_;
  Pool pool_{1};
};

TEST_F(UploadTest, TheFilesBytesAreOnTheDiskHoweverTheyAreCut) {
  const std::string csv = "a,b\r\n1,\"x\r\n--y\"\r\n";
  for (std::size_t piece = 1; piece < 20; ++piece) {
    ASSERT_TRUE(receive({{"FILE", csv, "a.csv", "text/csv"}, {"CONFIG", "{}", "", ""}}, piece)) << piece;
    EXPECT_EQ(test::contents(path_), csv);
    std::filesystem::remove(path_);
  }
}

TEST_F(UploadTest, ConfigIsFoundBeforeAndAfterTheFileAndOtherPartsAreDropped) {
  const test::Part file{"FILE", "a\n1\n", "a.csv", ""};
  const test::Part config{"CONFIG", R"({"a":1})", "", "application/json"};
  EXPECT_EQ(receive({config, file})->config, R"({"a":1})");
  std::filesystem::remove(path_);
  EXPECT_EQ(receive({{"other", std::string(5000, 'x'), "", ""}, file, config})->config, R"({"a":1})");
  std::filesystem::remove(path_);
  EXPECT_FALSE(receive({file})->config);
}

TEST_F(UploadTest, EachBrokenFormHasItsCodeAndLeavesNoFile) {
  const test::Part file{"FILE", "a\n1\n", "a.csv", ""};
  const test::Part config{"CONFIG", "{}", "", ""};
  EXPECT_EQ(code_of(receive({config})), 8504);
  EXPECT_EQ(code_of(receive({{"FILE", "", "a.csv", ""}})), 7203);
  EXPECT_EQ(code_of(receive({file, file})), 8506);
  EXPECT_EQ(code_of(receive({config, config, file})), 8506);
  test::MemoryBody not_a_form("a,b\n1,2\n");
  EXPECT_EQ(code_of(receive(not_a_form, "text/csv")), 7248);
  const std::string form = test::form_of({file});
  test::MemoryBody cut_off(form.substr(0, form.size() - 10));
  EXPECT_EQ(code_of(receive(cut_off)), 7248);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UploadTest, AFileOverTheLimitIsNotReadToItsEnd) {
  EXPECT_TRUE(receive({{"FILE", std::string(1000, 'x'), "a.csv", ""}}));
  std::filesystem::remove(path_);
  EXPECT_EQ(code_of(receive({{"FILE", std::string(1001, 'x'), "a.csv", ""}})), 413);

  // The tenth of a hundred reads would fail differently.
  test::MemoryBody body(test::form_of({{"FILE", std::string(50'000, 'x'), "a.csv", ""}}), 500, false);
  body.fail_after(5000, error(Errc::connection, "gone"));
  EXPECT_EQ(code_of(receive(body)), 413);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UploadTest, ABrokenConnectionLeavesNoFile) {
  test::MemoryBody body(test::form_of({{"FILE", "a\n1\n", "a.csv", ""}}), 10);
  body.fail_after(100, error(Errc::connection, "gone"));
  EXPECT_EQ(code_of(receive(body)), 400);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

// Counts how often it is begun to bring a file to the disk.
class CountedFiles final : public SystemFiles {
 public:
  void begin_sync(int fd) override {
    ++begun;
    SystemFiles::begin_sync(fd);
  }

  int begun = 0;
};

TEST_F(UploadTest, ALargeFileIsBroughtToTheDiskWhileItComes) {
  CountedFiles files;
  UploadFile file = UploadFile::create(files, path_).value();
  const std::string piece(begin_sync_bytes * 3 / 4, 'x');
  ASSERT_TRUE(file.write(piece));
  EXPECT_EQ(files.begun, 0);
  for (int n = 0; n < 3; ++n) ASSERT_TRUE(file.write(piece));
  EXPECT_EQ(files.begun, 3);
}

TEST_F(UploadTest, AFullDiskIsAnErrorOfTheServer) {
  files_.fail_call(2, Errc::no_space);  // the first makes the file
  const auto received = receive({{"FILE", "a\n1\n", "a.csv", ""}});
  ASSERT_FALSE(received);
  EXPECT_EQ(received.error().code, 7005);
  EXPECT_EQ(received.error().http_status, 500);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UploadTest, AnExceptionOfWorkOnThePoolSurfacesAtTheCaller) {
  asio::io_context context;
  bool thrown = false;
  asio::co_spawn(context, pool_.run([]() -> int { throw std::runtime_error("unforeseen"); }),
                 [&](const std::exception_ptr& failure, int) { thrown = failure != nullptr; });
  context.run();
  EXPECT_TRUE(thrown);
}

}  // namespace
}  // namespace dropload::service
