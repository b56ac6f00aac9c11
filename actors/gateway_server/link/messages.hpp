// What reaches a link from its transport.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <variant>

#include "actors/gateway_server/connection/messages.hpp"

namespace ff::gateway_server {

/// Counted and dropped; the gateway stays.
struct Malformed {
  Error error;
  bool is_status = false;
};
/// What a message of the gateway means.
using LinkMessage = std::variant<GatewayUp, TxAcked, DownlinkPathChanged, Malformed>;

/// Calls when its last copy is dropped: the message has been passed on, or nobody is there to do
/// it.
class Taken {
 public:
  explicit Taken(std::function<void()> call) : call_(std::move(call)) {}
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;
  ~Taken() { call_(); }

 private:
  std::function<void()> call_;
};

/// The gateway said something. `taken` may be null.
struct LinkReceived {
  LinkMessage message;
  std::shared_ptr<const Taken> taken;
};
/// The transport has ended. Last.
struct LinkClosed {
  Error reason;
};

}  // namespace ff::gateway_server
FF_LOCAL_MESSAGE(ff::gateway_server::LinkReceived)
FF_LOCAL_MESSAGE(ff::gateway_server::LinkClosed)
