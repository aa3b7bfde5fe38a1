#pragma once

// The two halves of the daemon that app.cpp puts together: what it keeps on the disk, and what it talks to.

#include <memory>

#include <boost/asio/io_context.hpp>

#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/base/random.h"
#include "daemon/config.h"
#include "daemon/queue/spool.h"
#include "daemon/queue/store_thread.h"
#include "daemon/run/context.h"
#include "daemon/service/import_service.h"

namespace dropload {

struct State {
  DirectoryLock lock;
  std::unique_ptr<queue::StoreThread> store;
  queue::Spool spool;
};

// Makes and locks the state directory, opens the queue and the spool. busy when another daemon has it.
Result<std::unique_ptr<State>> open_state(const Config& config, Files& files);

struct Remote {
  std::unique_ptr<service::ImportService> service;  // when an organization is embedded
  std::map<std::string, run::Organization> organizations;
};

// Starts the embedded import service if it is wanted, and makes a target for each organization. Connects to nothing
// yet.
Result<std::unique_ptr<Remote>> open_remote(const Config& config, boost::asio::io_context& io, const Clock& clock,
                                            Random& random, Files& files);

std::map<std::string, queue::Route> routes_of(const Config& config);
run::RunnerSettings runner_settings(const Config& config);
// The hosts of the organizations' callback URLs.
std::vector<std::string> callback_hosts(const Config& config);

}  // namespace dropload
