#pragma once

// The port to where rows go: one remote call per method, no retries, no decisions. Implemented by ZohoTarget for the
// real service and for the embedded one alike. One Target is one organization. On the io thread.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "common/base/result.h"
#include "common/http/message.h"
#include "common/zoho/answers.h"
#include "common/zoho/config.h"
#include "common/zoho/import_details.h"
#include "common/zoho/limits.h"
#include "daemon/queue/types.h"

namespace dropload::target {

template <typename T>
using Awaitable = http::Awaitable<T>;

// What later batches of a series need to know of the first.
struct Series {
  std::string workspace_id;
  std::string view_id;  // "": the table is made by the series
  std::string key;
};

// One batch of a file that travels as a series of them (import-api.md, section 5): `lead`, then a part of the file.
struct Batch {
  std::string lead;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool is_last = false;
  std::optional<Series> series;  // nothing: this one begins it
};

struct SubmitRequest {
  queue::TableKey table;
  bool create = false;  // make the table when it is missing
  zoho::ImportOptions options;
  std::string file_name;
  int fd = -1;  // of the bytes; open while the call runs; not owned
  std::uint64_t size = 0;
  // See http::ClientRequest::before_last_piece.
  std::function<Awaitable<Result<void>>()> before_last_piece;
  std::optional<Batch> batch{};  // nothing: the file travels whole
  // Where the service may call back when the job has ended, with its secret; "": nowhere. Of a series it goes with the
  // batch that begins it: the later ones are of a job that has it, and none of them is to be refused for its sake.
  std::string callback_url{};
};

// The service took the file, or the batch.
struct Accepted {
  std::string workspace_id;
  std::string job_id;
  std::optional<Series> series{};  // of a batch
};
// The service answered and said no; nothing was imported.
struct Refused {
  zoho::Refusal refusal;
  std::optional<Milliseconds> retry_after;
  // Of a refused token: it had been replaced while the call was under way, so this says nothing about the one we have.
  bool token_was_replaced = false;
  // Too many tokens were asked for: it says nothing about the calls of the API.
  bool about_tokens = false;
};
// The request cannot have reached the service whole; nothing was imported.
struct NeverSent {
  Error error;
};
// The request may have been received whole and no usable answer came, or one of something in between (protocol): nobody
// can know from this call.
struct MaybeSent {
  Error error;
};
using SubmitResult = std::variant<Accepted, Refused, NeverSent, MaybeSent>;

struct Details {
  zoho::JobDetails details;
  std::string verbatim;  // the data object as it came
};
// A status call can be repeated, so never-sent and maybe-sent are one.
using StatusResult = std::variant<Details, Refused, NeverSent>;

// What the service says of the last import of a table.
struct LastImport {
  std::optional<zoho::ImportDetails> import;  // nothing: the table was never imported into
  std::string verbatim;                       // the data object as it came
  std::optional<Time> service_time;           // by the service's clock, when its answer told it (Date)
};
struct NoTable {};  // there is no such table
using LookResult = std::variant<LastImport, NoTable, Refused, NeverSent>;

class Target {
 public:
  virtual ~Target() = default;

  // What a submit will cost now: one BULK call, and the look-ups of names that are not known yet. Charged before it is
  // begun.
  [[nodiscard]] virtual zoho::RequestCost cost_of_submit(const queue::TableKey& table) const = 0;

  // What comes back does not quote the secret of callback_url, whatever the service does.
  //
  // Looks up what names it must, gets a token when it has none, creates one job, or sends one batch: a later one of a
  // series looks up nothing and costs one BULK call. A refused token (8535) is forgotten, so that the next call gets a
  // fresh one.
  virtual Awaitable<SubmitResult> submit(SubmitRequest request) = 0;

  virtual Awaitable<StatusResult> status(std::string workspace_id, std::string job_id) = 0;

  // What last_import will cost now, as for a submit: METADATA calls only.
  [[nodiscard]] virtual zoho::RequestCost cost_of_look(const queue::TableKey& table) const = 0;

  // The last import of a table (importdetails).
  virtual Awaitable<LookResult> last_import(queue::TableKey table) = 0;
};

}  // namespace dropload::target
