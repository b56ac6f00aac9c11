// Which join servers answer for a JoinEUI. Pure. [spec join-server §12]
#pragma once

#include <string>
#include <vector>

#include "config/interop.hpp"

namespace ff::interop {

/// Indices of the servers with the longest prefix of `join_eui`: one, the first listed; several
/// when they list all its 64 bits.
std::vector<std::size_t> select(const std::vector<const config::InteropJoinServer*>& servers,
                                JoinEui join_eui);

/// The host to ask: the server's own name, or that of the JoinEUI: its nibbles from the last to the
/// first, and the server's suffix. [TS002-1.1 §19]
std::string host_of(const config::InteropJoinServer& server, JoinEui join_eui);

}  // namespace ff::interop
