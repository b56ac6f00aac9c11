// The listeners of Backend Interfaces: who is let in, and the HTTP server behind them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "app/api/http_limits.hpp"
#include "app/interop/server.hpp"
#include "config/config.hpp"
#include "net/stream/network.hpp"
#include "net/tls/context.hpp"

namespace ff::app {

/// As the folder or the map of the configuration says. Errors: config::malformed_interop;
/// missing_sender_directory; of Senders::load.
Result<interop::Senders> load_senders(const config::Interop& interop);

/// Proxies whose word on a client's certificate is believed: `http.trusted-proxies`, but nobody as
/// long as that is its default, every private network. Error: invalid_address.
Result<std::vector<net::AddressBlock>> certificate_proxies(const config::Http& http);

/// Serves while it lives.
class InteropDoor {
 public:
  /// `tls` null: the TLS listener stays closed. Errors: an address that does not parse or can not
  /// be had.
  static Result<std::unique_ptr<InteropDoor>> open(const config::Interop& interop,
                                                   interop::ServerPorts ports,
                                                   const api::HttpLimits& limits,
                                                   net::StreamNetwork& streams,
                                                   std::shared_ptr<net::tls::ServerContext> tls);
  ~InteropDoor();
  InteropDoor(const InteropDoor&) = delete;
  InteropDoor& operator=(const InteropDoor&) = delete;

  /// By their names, for metrics.
  std::map<std::string, net::ListenerCounters> counters() const;

 private:
  struct State;
  explicit InteropDoor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ff::app
