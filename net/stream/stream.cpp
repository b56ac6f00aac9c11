#include "net/stream/stream.hpp"

namespace ff::net {

std::string_view to_string(CloseReason reason) noexcept {
  switch (reason) {
    case CloseReason::peer_closed:
      return "peer_closed";
    case CloseReason::local_closed:
      return "local_closed";
    case CloseReason::aborted:
      return "aborted";
    case CloseReason::failed:
      return "failed";
    case CloseReason::idle_timeout:
      return "idle_timeout";
    case CloseReason::write_timeout:
      return "write_timeout";
    case CloseReason::close_timeout:
      return "close_timeout";
    case CloseReason::slow_reader:
      return "slow_reader";
    case CloseReason::tls_failed:
      return "tls_failed";
    case CloseReason::stopped:
      return "stopped";
  }
  return "unknown";
}

}  // namespace ff::net
