// Whether an address can be listened on. For a start that is to fail at once and say why; what
// listens then opens its own socket, and meets what has happened since.
#pragma once

#include "net/address/endpoint.hpp"
#include "protocol/base/result.hpp"

namespace ff::net {

inline constexpr ErrorDef address_not_free{"net/address", "not_free", Code::unavailable,
                                           "can not listen on `{address}`: {reason}"};

enum class Transport : std::uint8_t { tcp, udp };

/// Also an error where another process shares its port with whoever wants to (SO_REUSEPORT): half
/// of the datagrams would go there. Error: address_not_free.
Status check_free(const Endpoint& local, Transport transport);

}  // namespace ff::net
