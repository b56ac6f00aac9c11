// The opening handshake: which HTTP requests become WebSocket connections. Not who may connect.
// [RFC 6455 §4.2]
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.hpp"

namespace ff::websocket {

/// What to answer: `ResponseWriter::upgrade` with `headers` if `status` is 101, else `respond`.
struct Handshake {
  int status = 101;  ///< Or 400, 405, 426.
  net::http::Headers headers;
};

/// Subprotocols and extensions are not agreed on; the owner may add a subprotocol.
Handshake judge_upgrade(const net::http::Request& request);

/// What the client offers to speak, in its order. Valid as long as `request`.
std::vector<std::string_view> offered_subprotocols(const net::http::Request& request);

/// `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key`.
std::string accept_key(std::string_view key);

}  // namespace ff::websocket
