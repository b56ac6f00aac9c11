// Descriptors of this process: sockets of clients and files of the store share one limit.
#pragma once

#include <cstdint>

namespace ff::app {

/// Below it, the operator is warned: the store's files, and some thousand gateways and clients.
inline constexpr std::uint64_t open_files_wanted = 16'384;

/// Raises the limit as far as the process may, and returns it. A service has 1024 by default, of
/// which the store alone may use four times as many.
std::uint64_t raise_open_files() noexcept;

}  // namespace ff::app
