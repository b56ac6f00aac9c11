// Metrics of linked gateways, per frontend.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "actors/support/metrics.hpp"

namespace ff::gateway_server {

/// What a message of a gateway was; labels the metric.
enum class LinkOutcome : std::uint8_t {
  uplink,
  status,
  report,
  ignored,    // means nothing to us
  forbidden,  // to a topic that is not the gateway's
  malformed,  // dropped alone
};
inline constexpr std::size_t link_outcome_count = 6;
const char* to_string(LinkOutcome outcome) noexcept;

/// Thread safe, as its counters are.
struct LinkProbe {
  /// `frontend` is one of a few names: `mqtt`.
  LinkProbe(actors::Metrics& metrics, const std::string& frontend);

  void count(LinkOutcome outcome) { messages[static_cast<std::size_t>(outcome)]->Increment(); }

  actors::ActorProbe actors;
  std::array<prometheus::Counter*, link_outcome_count> messages{};
  prometheus::Counter& refused;
  prometheus::Counter& lost_downlinks;
};

}  // namespace ff::gateway_server
