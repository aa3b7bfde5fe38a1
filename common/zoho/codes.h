#pragma once

// The API's error codes in one table (import-api.md, sections 2, 4, 5 and 7): what the import service answers and what
// the client does about it. Pure.
//
// Status and symbol are those of the service's public API reference (2026-09). It names no symbol for 6001, 6043, 6044,
// 6045, 7198, 7235, 8540 and 10001: theirs are ours, in the same style, and nothing may depend on them. Nor may
// anything depend on 8506, the counterpart of 8504, which none of the documents at hand has. It lists 7104 for a
// workspace *name* that does not exist, too.

#include <span>
#include <string>
#include <string_view>

namespace dropload::zoho {

// What decides the client's next step. Exactly the table of import-api.md, section 7.
enum class FailureClass {
  token = 1,               // refresh once, repeat; again: pause the organization
  no_slot,                 // not an attempt; wait
  too_fast,                // not an attempt; wait for the window
  table_busy,              // not an attempt; wait
  organization_exhausted,  // pause the organization with the reason, probe later
  request_wrong,           // fail with the hint; a retry is useless until something changes
  data_wrong,              // fail; show the lines
  server                   // retry with backoff
};
std::string_view to_string(FailureClass failure_class);

struct Code {
  int code;
  int http_status;          // as the real service answers it
  std::string_view symbol;  // "META_DBOBJECT_NAME_DUPLICATED"
  FailureClass failure_class;
  std::string_view hint;  // for people: what it usually means and what to do. One or two sentences
};

// All known codes, ascending.
std::span<const Code> codes();
// nullptr for a code that is not in the table.
const Code* find_code(int code);

// The class of a refused call. Unknown codes go by status: 401 token, 429 too_fast, 5xx server, other request_wrong;
// code 0 means that the answer carried none. A known code wins over the status (6045 has been seen with HTTP 200).
FailureClass classify(int http_status, int code);
// The hint of a code, or a general one for its class.
std::string_view hint_for(int http_status, int code);

// A refused call, as it is answered and as it is read.
struct Refusal {
  int http_status = 400;
  int code = 0;  // 0: the answer carried no code
  std::string symbol;
  std::string message;
};

// A refusal with the table's status and symbol and this message. REQUIRES: the code is in the table.
Refusal refuse(int code, std::string message);

}  // namespace dropload::zoho
