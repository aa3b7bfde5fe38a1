#pragma once

namespace dropload {

// To be called at the start of a process: memory of a block of 1 MiB or more goes back to the system as soon as the
// block is freed. By itself the allocator learns from the first large block that such ones come and go, and then keeps
// up to 64 MiB for the next, in each thread that ever had one.
void give_back_large_blocks();

}  // namespace dropload
