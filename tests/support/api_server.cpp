#include "tests/support/api_server.h"

#include <SQLiteCpp/Statement.h>
#include <gtest/gtest.h>

namespace dropload::test {
namespace {

queue::Route route(const std::string& name, std::uint64_t max_bytes) {
  queue::Route made;
  made.name = name;
  made.organization = "main";
  made.workspace = "Sales";
  made.table = name;
  made.max_bytes = max_bytes;
  return made;
}

}  // namespace

ApiServer::ApiServer(std::uint64_t max_body_bytes)
    : routes_{{"orders", route("orders", 100'000'000)}, {"tiny", route("tiny", 10)}} {
  store_ = std::make_unique<queue::StoreThread>(queue::Store::open(directory_.path() / "queue.db").value());
  spool_ = std::make_unique<queue::Spool>(queue::Spool::open(directory_.path() / "spool", files_).value());
  intake_ = std::make_unique<intake::Intake>(intake::Intake::Parts{*store_, *spool_, files_, clock_, pool_, [] {}});
  expecting_ = std::make_unique<intake::Expecting>(*store_, clock_, routes_);
  // Often enough for a test to see a comment, and each event at once.
  events_ = std::make_unique<api::Events>(*store_, io_.context().get_executor(),
                                          api::Events::Settings{Milliseconds(200), Milliseconds(1)});
  tasks_ = std::make_unique<http::TaskGroup>(io_.context().get_executor());
  api_ = std::make_unique<api::Api>(
      api::Parts{*store_,
                 *intake_,
                 routes_,
                 clock_,
                 max_body_bytes,
                 {"nas.example"},
                 [this] { ++wakes_; },
                 {{"main", 5, {}}},
                 [] {
                   return std::map<std::string, schedule::OrganizationSettings>{{"main", {}}};
                 },
                 [this](const std::string&) { ++resumes_; },
                 {"drop.example.com"},
                 &standings_,
                 expecting_.get(),
                 clock_.now(),
                 [this] { return stopping_.load(); },
                 events_.get(),
                 spool_.get(),
                 &pool_});
  server_ = http::Server::listen(io_.context(), clock_, {}, [this](http::Request& request) {
              return answer(request);
            }).value();
  io_.call([this] {
    tasks_->spawn("events", events_->run());
    server_->start();
  });
}

http::Awaitable<http::Response> ApiServer::answer(http::Request& request) {
  const std::string verb(boost::beast::http::to_string(request.verb));
  const std::string path = request.path;
  auto response = co_await api_->handle(request);
  for (const auto& offence : check_.offences(verb, path, response))
    ADD_FAILURE() << verb << " " << path << ": " << offence;
  co_return response;
}

void ApiServer::hold_duplicates() {
  io_.call([this] {
    for (auto& [name, route] : routes_) route.on_duplicate = queue::OnDuplicate::hold;
  });
}

void ApiServer::expect(const queue::Expectation& expectation) {
  io_.call([&] { routes_.at("orders").expected.push_back(expectation); });
  io_.run(expecting_->look());
}

void ApiServer::stop() {
  if (!server_) return;
  io_.call([this] {
    events_->close();
    tasks_->stop();
  });
  io_.run(tasks_->join());
  io_.run(server_->stop(Milliseconds(0)));
  server_.reset();
}

ApiServer::~ApiServer() {
  stop();
  pool_.join();
  events_.reset();
  store_.reset();  // what it still has to hand out goes to the io thread
  io_.stop();
}

std::string ApiServer::url() const {
  return fmt::format("http://127.0.0.1:{}", port());
}

queue::Submission ApiServer::accept(const std::string& file_name, const std::string& route_name) {
  queue::NewSubmission submission;
  submission.id = store_->reserve_id();
  submission.route = route_name;
  submission.table = {"main", "Sales", route_name};
  submission.file_name = file_name;
  submission.drop_directory = "/srv/drop";
  submission.size = 1042;
  submission.sha256 = "ab12";
  submission.accepted_at = clock_.now();
  return store([submission](queue::Store& store) { return store.accept(submission); }).value();
}

queue::JobId ApiServer::import(queue::SubmissionId id) {
  const Time now = clock_.now();
  const auto job = store([id, now](queue::Store& store) {
                     return store.begin_job(id, {"main", 5, {}}, {1, 0}, now);
                   }).value();
  store([job, now](queue::Store& store) { return store.job_accepted(job.id, "1767", "1767009", now, now); }).value();
  return job.id;
}

void ApiServer::finish(queue::JobId job, const queue::Rows& rows, const std::string& reason) {
  const std::string summary = R"({"jobCode":"1004"})";
  const Time now = clock_.now();
  store([=](queue::Store& store) { return store.job_succeeded(job, rows, reason, summary, now); }).value();
}

void ApiServer::put_away(queue::SubmissionId id, const std::string& bytes) {
  const auto drop = directory_.path() / "drop";
  const auto place = directory_.write("drop/failed/2026-11-24/a.csv", bytes).string();
  const Time now = clock_.now();
  store([=](queue::Store& store) {
    SQLite::Statement as_accepted(store.database().raw(),
                                  "UPDATE submission SET size = ?, sha256 = '', drop_directory = ? WHERE id = ?");
    as_accepted.bind(1, static_cast<std::int64_t>(bytes.size()));
    as_accepted.bind(2, drop.string());
    as_accepted.bind(3, id);
    as_accepted.exec();
    return store.mark_retired(id, place, now);
  }).value();
}

void ApiServer::hold(queue::SubmissionId id, const std::string& reason, const std::string& advice) {
  const Time now = clock_.now();
  store([=](queue::Store& store) { return store.hold(id, reason, advice, now); }).value();
}

}  // namespace dropload::test
