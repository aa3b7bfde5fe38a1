#pragma once

// What the service manager is told (sd_notify, Type=notify). Without a manager that listens ($NOTIFY_SOCKET) these do
// nothing; a manager that cannot be told is none of the daemon's worries, so no errors. Any thread; they do not block.

#include <string>

namespace dropload::systemd {

// Start-up is over: recovery is done, all addresses are listened on.
void ready();
// One line for people in `systemctl status`: "4 waiting, 2 importing". Line breaks become blanks.
void status(std::string text);
// Shutting down has begun.
void stopping();

}  // namespace dropload::systemd
