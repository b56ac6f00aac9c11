#include "app/server/process/core_dumps.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace ff::app {

void forbid_core_dumps() noexcept {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  // The limit does not count for handlers.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace ff::app
