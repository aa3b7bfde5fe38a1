// A job whose callback the daemon asked for: the service calls, over HTTP, what the daemon's own API takes.

#include "common/base/digest.h"
#include "daemon/queue/callbacks.h"
#include "tests/contract/contract_fixture.h"
#include "tests/support/api_server.h"

namespace dropload::test {
namespace {

service::Settings with_callbacks_to_this_machine() {
  service::Settings settings;
  settings.private_callbacks = true;
  return settings;
}

class AskedCallbackContract : public ContractTest {
 protected:
  explicit AskedCallbackContract(service::Settings settings = with_callbacks_to_this_machine())
      : ContractTest(std::move(settings)) {}

  // A job in the daemon's queue that is expected to call back.
  queue::SubmissionId expect_call() {
    const auto id = daemon_.accept("orders.csv").id;
    const Time now = daemon_.clock().now();
    auto begin = [=, sha256 = sha256_hex(secret_)](queue::Store& store) -> Result<void> {
      const auto job = store.begin_job(id, {"main", 5, {}}, {1, 0}, now);
      if (!job) return job.error();
      return queue::expect_callback(store, job->id, sha256);
    };
    EXPECT_TRUE(daemon_.store(std::move(begin)));
    return id;
  }
  target::SubmitResult submit_told(const std::string& base, std::optional<target::Batch> batch = {}) {
    const std::string csv = "a\n1\n2\n";
    const auto file = files_.open_for_reading(directory_.write("upload.csv", csv)).value();
    target::SubmitRequest request;
    request.table = table("t");
    request.create = true;
    request.file_name = "upload.csv";
    request.fd = file.get();
    request.size = csv.size();
    request.before_last_piece = [this] { return agree(); };
    request.batch = std::move(batch);
    request.callback_url = base + std::string(queue::callback_path) + secret_;
    return io_.run(target_->submit(std::move(request)));
  }
  bool is_called_back(queue::SubmissionId id) {
    const auto events = daemon_.store([id](queue::Store& store) { return store.events_of(id); }).value();
    return std::ranges::any_of(events, [](const auto& event) { return event.what == "called back"; });
  }

  ApiServer daemon_;
  const std::string secret_ = SystemRandom().hex(queue::callback_secret_bytes);

 private:
  static http::Awaitable<Result<void>> agree() { co_return Result<void>{}; }
};

TEST_F(AskedCallbackContract, TheServiceCallsTheDaemonOnceTheJobHasEnded) {
  const auto id = expect_call();
  const auto result = submit_told(daemon_.url());
  const auto* job = std::get_if<target::Accepted>(&result);
  ASSERT_TRUE(job != nullptr);
  EXPECT_TRUE(eventually([&] { return is_called_back(id); }));
  EXPECT_TRUE(eventually([&] { return daemon_.wakes() == 1; }));
  EXPECT_EQ(details(*job).code, zoho::JobCode::completed) << "what is asked after a callback is the end";
}

TEST_F(AskedCallbackContract, OfASeriesTheJobCallsBackBehindItsLastBatch) {
  const auto id = expect_call();
  const auto first = std::get<target::Accepted>(submit_told(daemon_.url(), target::Batch{"a\n", 2, 2, false, {}}));
  EXPECT_FALSE(is_called_back(id));
  submit_told(daemon_.url(), target::Batch{"a\n", 4, 2, true, first.series});
  EXPECT_TRUE(eventually([&] { return is_called_back(id); }));
  EXPECT_EQ(details(first).code, zoho::JobCode::completed);
}

class AskedPublicCallbackContract : public AskedCallbackContract {
 protected:
  AskedPublicCallbackContract() : AskedCallbackContract(service::Settings{}) {}
};

TEST_F(AskedPublicCallbackContract, AServiceThatMayNotCallThisMachineRefusesWithoutTheSecret) {
  const auto refused = std::get<target::Refused>(submit_told(daemon_.url()));
  EXPECT_EQ(refused.refusal.code, 8127);
  EXPECT_EQ(refused.refusal.message.find(secret_), std::string::npos);
}

}  // namespace
}  // namespace dropload::test
