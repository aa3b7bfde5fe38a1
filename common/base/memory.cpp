#include "common/base/memory.h"

#include <malloc.h>

namespace dropload {

void give_back_large_blocks() {
  ::mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
}

}  // namespace dropload
