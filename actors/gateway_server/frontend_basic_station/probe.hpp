// Metrics of the Basic Station frontend; one probe per listener, of the same series.
#pragma once

#include <array>

#include "actors/gateway_server/frontend_basic_station/state.hpp"
#include "actors/support/metrics.hpp"
#include "net/websocket/effect.hpp"

namespace ff::gateway_server {

/// What a request was about; labels the metric of refusals.
enum class StationRequestKind : std::uint8_t { discovery, traffic, other };
inline constexpr std::size_t station_request_kind_count = 3;

struct StationProbe {
  explicit StationProbe(actors::Metrics& metrics);

  void refused(StationRequestKind kind) { refusals[static_cast<std::size_t>(kind)]->Increment(); }

  actors::ActorProbe actors;
  std::array<prometheus::Counter*, station_outcome_count> messages{};
  std::array<prometheus::Counter*, websocket::end_cause_count> ended{};
  std::array<prometheus::Counter*, station_request_kind_count> refusals{};
  prometheus::Counter& lost_downlinks;
  prometheus::Counter& paused;
};

}  // namespace ff::gateway_server
