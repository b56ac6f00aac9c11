// Metrics of gateway connections; one probe shared by all of them. Names are the reference's where
// it has them.
#pragma once

#include <array>

#include "actors/gateway_server/connection/state.hpp"
#include "actors/support/metrics.hpp"

namespace ff::gateway_server {

inline constexpr std::size_t tx_result_count = 9;

struct ConnectionProbe {
  explicit ConnectionProbe(actors::Metrics& metrics);

  struct PerProtocol {
    prometheus::Gauge* connected = nullptr;
    prometheus::Counter* statuses = nullptr;
    prometheus::Counter* uplinks = nullptr;
    prometheus::Counter* repeated = nullptr;
    prometheus::Counter* acknowledgments = nullptr;
    prometheus::Counter* attempted = nullptr;
    prometheus::Counter* failed = nullptr;
    prometheus::Counter* sent = nullptr;
    prometheus::Counter* tx_success = nullptr;
    std::array<prometheus::Counter*, tx_result_count> tx_failed{};  // by result; success: null
  };

  PerProtocol& of(Protocol protocol) { return protocols[static_cast<std::size_t>(protocol)]; }
  /// Series of other hosts than our own network server begin with their first frame.
  void count_uplink(const HostAnswer& answer) const;
  void count_dropped(ReportDrop reason) const;
  /// Likewise the series of errors, whose definitions are the label.
  void count_dropped_status(const Error& reason) const;
  void count_disconnected(Protocol protocol, const Error& reason) const;

  actors::Metrics& all;

  actors::ActorProbe actors;
  std::array<PerProtocol, protocol_count> protocols;
  std::array<prometheus::Counter*, uplink_outcome_count> uplinks{};
  prometheus::Counter& forwarded;
  prometheus::Counter& acknowledgments_forwarded;
  prometheus::Counter& statuses_forwarded;  // to the registry, by way of statistics
  std::array<prometheus::Counter*, 2> acknowledgments_dropped;  // by reason
  prometheus::Counter& broken;                                  // dropped because of their CRC
  prometheus::Counter& unreachable;  // … because no network server was there
  prometheus::Counter& proprietary;  // … because nobody takes such frames
  prometheus::Counter& late_joins;   // … because nobody waits for the answer any more
  prometheus::Counter& overflowed;   // uplinks that came faster than they are handled
  prometheus::Counter& overflowed_statuses;
};

}  // namespace ff::gateway_server
