// INTERNAL: one process, started and waited for.
#pragma once

#include <sys/types.h>

#include "net/child/child.hpp"

namespace ff::net {

struct Spawned {
  pid_t pid = -1;
  int socket = -1;  // does not block; ours to close
};

/// Error: child_not_started.
Result<Spawned> spawn(const ChildOptions& options);

/// Kills the process and waits for its end, which is near.
std::string reap(pid_t pid);

}  // namespace ff::net
