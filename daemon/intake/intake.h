#pragma once

// The one door into the queue. Accepted = bytes durable (spool or queue) and row committed; only then does the caller
// say so to anybody.
//
//   drop   sidecar -> rename into spool/<id>/data -> hash -> sync -> survey -> sidecar -> row
//          from another file system: claim by rename, copy + fsync, and unlink when the row is committed
//
//   REST   bytes streamed into spool/<id>/data, hashed on the way -> sync -> survey -> sidecar -> row
//          a small body (queue/bodies.h): hash -> survey -> row and bytes in one transaction; no entry in the spool
//
//   package   the same ways, and then: members unpacked into entries of their own -> one row for it and each member
//
// A crash at any point is mended by recover(): the file is still in the drop directory, or its entry has a sidecar and
// is enqueued, or its bytes were never accepted and are removed (REST), or put back (drop).
//
// On the io thread; blocking steps run in the pool.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/http/server.h"
#include "daemon/intake/complaints.h"
#include "daemon/intake/disk_room.h"
#include "daemon/intake/leaving.h"
#include "daemon/intake/room.h"
#include "daemon/intake/settle.h"
#include "daemon/intake/taking.h"
#include "daemon/queue/route.h"
#include "daemon/queue/spool.h"
#include "daemon/queue/store_thread.h"

namespace dropload::intake {

class Receiving;

// Errors of taking a file that are not the file's: the next one would fail in the same way.
bool is_of_the_surroundings(Errc code);

class Intake {
 public:
  struct Parts {
    queue::StoreThread& store;
    queue::Spool& spool;
    Files& files;
    const Clock& clock;
    boost::asio::thread_pool& pool;
    std::function<void()> on_accepted;  // wakes the runner
    RoomLimits limits{};
    // By name: how to look into what a crash left half accepted. Outlives the intake.
    const std::map<std::string, queue::Route>* routes = nullptr;
    std::function<void(const queue::Submission&)> came{};  // is told of every submission that was accepted
  };
  explicit Intake(Parts parts);

  // Takes a complete file out of a drop directory. `subdirectory` is relative to the drop directory, "" at its top.
  // `settled` is the look by which it was found to be complete. Errors: invalid_argument (no table for this name, not a
  // regular file), not_found (gone meanwhile), stale (it is not as it was then, or changed
  // while it was taken), too_large (it, or what a package has in it, does not fit beside what waits now), no_space (the
  // disk is full, or the spool has all that it may hold), permission_denied, unavailable (also when too many
  // submissions wait), io: the file is where it was. already_exists: it stays there, and only its time has changed
  // since it was taken. An empty file, and one over the route's max_bytes, and a package that cannot be unpacked
  // (unpacking.h) are accepted and have failed at once, so that they end in failed/ with the reason. Of a package that
  // can be, the first member comes back.
  http::Awaitable<Result<queue::Submission>> take(const queue::Route& route, std::string subdirectory,
                                                  std::string file_name, Look settled);

  // The same for several, at once as far as the pool has threads, in one transaction and in this order: their ids grow
  // with it, and none behind is there to be started before those in front are. A package, and each file that stays
  // where it is, is taken alone between those before it and those behind it. What each came to; after one for which
  // there is no room, none is tried.
  http::Awaitable<std::vector<Result<queue::Submission>>> take_all(const queue::Route& route,
                                                                   std::vector<FileToTake> files);

  // Takes a body. Errors: those of BodyReader; too_large with the route's limit; invalid_argument (bad file name, empty
  // body, no table, a package that cannot be unpacked); no_space and unavailable as above; io. On an error nothing is
  // left behind. Of a package the first member comes back; Store::members_of has all.
  http::Awaitable<Result<queue::Submission>> receive(const queue::Route& route, std::string file_name,
                                                     http::BodyReader& body);

  // Retries a failed, cancelled or superseded submission: a new one is made of its original, from where that was put
  // away, with what its route says now. It stands behind all that waits for its table. Errors: not_found (no such
  // submission, its route is not in `routes`, its original is gone), stale (it is in another state, was retried
  // already, or its original was changed), busy (its original is still on its way, or it is being retried), no_space
  // and unavailable as above, invalid_argument, permission_denied, io: then the original is where it was.
  http::Awaitable<Result<queue::Submission>> retry(queue::SubmissionId id,
                                                   const std::map<std::string, queue::Route>& routes);

  // At start, before anything else: spool entries without a row are enqueued, put back or removed; see above. Queued
  // submissions whose bytes somebody removed are held. Blocks. The sentences for the log. Errors: the store's, and
  // those of reading the spool; a single entry that cannot be mended stays as it is and has a sentence.
  Result<std::vector<std::string>> recover();

  // Tries again what could not be put back into this route's drop directory, at start or since: its file system was not
  // mounted, or a new file had the name. Says in the log what has changed. How many of them are mended; what stays is
  // for the next time.
  http::Awaitable<std::size_t> recover_later(const queue::Route& route);
  // While nothing can be stored, on any route: the disk is full but for its margin, over quota, or may not be written
  // to. Files stay where they are, posts are refused with no_space. It is looked at anew: the
  // margin may be gone, or free again, though no file has come.
  struct Standstill {
    std::string reason;
    Time since;
  };
  const std::optional<Standstill>& standstill();
  // With when_done = "leave": those of these files (names below the drop directory) that were not taken as they are.
  http::Awaitable<std::vector<std::string>> without_left(const queue::Route& route, std::vector<std::string> names);
  // The same for all files that are there now: what is known of others is forgotten.
  http::Awaitable<std::vector<std::string>> without_left_of_all(const queue::Route& route, queue::FileIdentity root,
                                                                std::vector<std::string> names);
  // Is there a spool entry of this number?
  [[nodiscard]] bool has_entry(queue::SubmissionId id) const;

 private:
  http::Awaitable<Result<queue::Submission>> keep_small(queue::Sidecar sidecar, const queue::Route& route,
                                                        std::string bytes);
  http::Awaitable<Result<queue::Submission>> receive_large(queue::Sidecar sidecar, const queue::Route& route,
                                                           std::string start, http::BodyReader& rest);
  http::Awaitable<Result<queue::Submission>> receive_into(Receiving& receiving, const queue::Route& route,
                                                          http::BodyReader& body);
  http::Awaitable<Result<queue::Submission>> retry_once(queue::SubmissionId id,
                                                        const std::map<std::string, queue::Route>& routes);
  // Those that may be taken together.
  struct Coming;
  http::Awaitable<std::vector<Result<queue::Submission>>> take_together(const queue::Route& route,
                                                                        std::vector<FileToTake> files);
  http::Awaitable<void> admit_all(const queue::Route& route, const std::vector<FileToTake>& files,
                                  std::vector<Coming>& all);
  http::Awaitable<std::vector<Result<queue::Submission>>> write_rows(const queue::Route& route,
                                                                     const std::vector<Coming>& all);
  void note_all(const std::vector<Coming>& all, const std::vector<Result<queue::Submission>>& each);
  // What may come of a package is not known before: then all there is room for is asked about.
  [[nodiscard]] std::uint64_t may_become(const queue::Route& route, const std::string& file_name) const;
  // A package may yet grow to `at_most`.
  http::Awaitable<Result<Room::Place>> admit(std::uint64_t bytes, std::uint64_t at_most, std::uint64_t bytes_on_disk);
  TakingParts taking_parts();
  Result<void> check_disk(std::uint64_t bytes);
  void stand_still(const Error& why);
  void go_on();
  http::Awaitable<void> remember_left(const queue::Route& route, std::uint64_t inode);
  void note(const Result<queue::Submission>& accepted);
  void announce(const queue::Submission& submission) const;

  Parts parts_;
  Room room_{parts_.limits};
  UnpackRoom unpack_room_{parts_.limits.bytes, parts_.limits.submissions};
  DiskRoom disk_{parts_.spool.directory(), parts_.limits.keep_free};
  LeftFiles left_;
  std::optional<Standstill> standstill_;
  bool margin_is_gone_ = false;  // that is why
  std::set<queue::SubmissionId> unfinished_;
  std::set<queue::SubmissionId> retrying_;
  Complaints said_;
};

}  // namespace dropload::intake
