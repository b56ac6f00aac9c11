// What a simulation has counted, and its forms: JSON for machines, one line for people.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "tools/sim/core/delivery.hpp"
#include "tools/sim/core/device_session.hpp"
#include "tools/sim/core/gateway_protocol.hpp"
#include "tools/sim/core/receive_windows.hpp"

namespace ff::sim {

struct JoinCounts {
  std::uint64_t requests = 0;
  std::uint64_t joined = 0;   // devices that got a session
  std::uint64_t devices = 0;  // that have to join
  std::uint64_t rejoin_requests = 0;
  std::uint64_t rejoined = 0;  // sessions that came of them
};

struct DownlinkCounts {
  std::uint64_t requested = 0;                          // PULL_RESP
  std::uint64_t unreadable = 0;                         // packets of the server that are no packets
  std::array<std::uint64_t, tx_error_count> answers{};  // by TX_ACK
  std::array<std::uint64_t, reception_count> receptions{};
  std::uint64_t lost = 0;       // on air, on purpose
  std::uint64_t unclaimed = 0;  // sent, but no device has its key and address
  std::uint64_t acknowledgements = 0;
  std::uint64_t commands = 0;
  std::uint64_t pushed = 0;    // to the application's queue
  std::uint64_t received = 0;  // pushed ones that devices got, unique
  Duration first_received{0};  // since the start
  std::uint64_t repeated = 0;  // and again
  std::uint64_t altered = 0;   // with another payload
};

struct Report {
  Duration elapsed{0};
  std::uint64_t datagrams = 0;  // PUSH_DATA sent
  std::uint64_t acknowledged_datagrams = 0;
  std::uint64_t pull_acks = 0;
  std::uint64_t gateway_restarts = 0;
  std::uint64_t line_lost = 0;  // datagrams, of both directions
  std::uint64_t line_duplicated = 0;
  std::uint64_t repetitions = 0;
  std::uint64_t relayed = 0;    // frames that relays forwarded
  std::uint64_t confirmed = 0;  // confirmed uplinks sent
  std::uint64_t foreign = 0;
  std::uint64_t silent = 0;            // uplinks that no channel could carry
  std::uint64_t connections_lost = 0;  // of the application, each a reason for lost uplinks
  DeliveryCounts uplinks;
  Histogram latency;
  JoinCounts joins;
  DownlinkCounts downlinks;
  Histogram downlink_lead;  // between a PULL_RESP and its transmission
  std::array<std::uint64_t, violation_count> violations{};

  /// Delivered of sent; 1 if nothing was sent.
  double delivered_share() const noexcept;
  std::uint64_t violation_total() const noexcept;
  /// Heard in RX1, RX2, a ping slot, by class C or from a relay.
  std::uint64_t downlinks_in_time() const noexcept;
};

/// Indented JSON; durations in milliseconds.
std::string to_json(const Report& report);
/// One line without a line feed.
std::string progress_line(const Report& report);

}  // namespace ff::sim
