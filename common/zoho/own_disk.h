#pragma once

// A service that cannot write, as its own disk is full, over quota, broken or may not be written to. The API has no
// code for that: our import service answers 7005, to a call and of a job, with a message that begins with certain
// words, and a client knows by them that no file is at fault and that all others would fare the same. The real service
// is not known to say anything like it. Pure.

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dropload::zoho {

// Is it one of the disk, or of a file there that another program has locked?
bool is_of_own_disk(const Error& failure);

// The message for people: what is wrong, and what to do.
std::string own_disk_message(const Error& failure);

// Does an answer with this code and this message (as plain text) say so?
bool says_own_disk(int code, std::string_view message);

}  // namespace dropload::zoho
