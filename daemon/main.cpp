#include <cstdio>

// Parses nothing itself: the command line is daemon/cli.
int main() {
  std::puts("dropload " DROPLOAD_VERSION);
  return 0;
}
