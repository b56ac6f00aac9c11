// Core dumps of this process: it holds keys in the clear, which a dump would leave on a disk.
#pragma once

namespace ff::app {

/// From now on the kernel writes none, nor gives one to a handler such as systemd-coredump.
/// Debuggers of other processes of the same user can not attach any more.
void forbid_core_dumps() noexcept;

}  // namespace ff::app
