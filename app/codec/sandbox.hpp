// What confines a worker: limits of the kernel, namespaces where they are allowed, and a filter of
// system calls. [shared/design/architecture.md §10]
#pragma once

#include <cstddef>

namespace ff::codec {

/// The socket to the server. Everything else is closed.
inline constexpr int server_fd = 3;

/// Before the engine: closes files, leaves the network and the file system's name space where the
/// system lets us. Never fails; the filter is what has to hold.
void leave_the_system();

/// After the engine has warmed up: limits on memory and files, and the filter, for all threads of
/// the process. From then on it can read and write `server_fd`, manage its memory, look at clocks,
/// and end. False when a part of it can not be had: then nothing must run.
[[nodiscard]] bool enter_sandbox(std::size_t memory_bytes);

}  // namespace ff::codec
