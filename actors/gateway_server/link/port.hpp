// The transport of a linked gateway as its link sees it: what the gateway is to be told. Not what
// it says: that comes as messages (messages.hpp).
#pragma once

#include "actors/gateway_server/link/interface.hpp"

namespace ff::gateway_server {

/// Implemented by frontends with a thread of their own. Called by the link's actor, never two calls
/// at once; must not block.
class LinkPort {
 public:
  virtual ~LinkPort() = default;
  /// First: where what the gateway says goes, from ready() on.
  virtual void opened(const LinkHandle& link) = 0;
  /// The gateway is admitted: what it says is welcome. At most once.
  virtual void ready(const ConnectionReady& ready) = 0;
  /// Tells the gateway to transmit. What can not be told is answered with a TxAcked.
  virtual void send(const SendDownlink& downlink) = 0;
  /// Once and last: refused or, after ready(), ended. Also after LinkClosed.
  virtual void ended(const Error& reason) = 0;
};

}  // namespace ff::gateway_server
