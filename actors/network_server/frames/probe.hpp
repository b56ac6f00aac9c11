// What the network server counts of frames, under the reference's names. [spec
// configuration-and-metrics §14] What shards and sessions report of themselves is
// shard/probe.hpp's.
#pragma once

#include <array>
#include <optional>

#include "actors/support/metrics.hpp"
#include "protocol/base/error.hpp"
#include "protocol/phy/frame.hpp"
#include "protocol/types/frames.hpp"

namespace ff::network_server {

/// What became of a frame of the network server's.
enum class FrameStep : std::uint8_t {
  received,    // a gateway's copy
  duplicate,   // … of a frame that has been received
  processed,   // its device has taken it
  forwarded,   // … and its application gets it
  attempted,   // a downlink: a gateway was asked
  downlinked,  // … and has taken it
  unreported,  // … and has not told in time whether it was sent
};
inline constexpr std::size_t frame_step_count = 7;

/// One for all shards and sessions. Thread safe.
class FrameProbe {
 public:
  explicit FrameProbe(actors::Metrics& metrics);

  void count(FrameStep step, phy::MType m_type) const;
  /// An uplink that nobody gets. Nothing: for a reason without a name.
  void dropped(phy::MType m_type, const std::optional<Error>& error) const;
  /// A gateway's copy comes in, with its time at the gateway server.
  void arrived(const UplinkFrame& frame, UtcTime now) const;
  /// How many gateways have heard a frame.
  void heard(std::size_t gateways) const { gateways_.Observe(static_cast<double>(gateways)); }
  /// What finding a data frame's session took.
  void matched(std::size_t candidates, std::size_t mics) const;

 private:
  using PerType =
      std::array<prometheus::Counter*, 8>;  // by MType; null: such frames do not go there

  actors::Metrics& metrics_;
  std::array<PerType, frame_step_count> steps_{};
  prometheus::Histogram& gateways_;
  prometheus::Histogram& latency_;
  prometheus::Histogram& candidates_;
  prometheus::Histogram& mics_;
};

/// Of a PHYPayload; an empty one is proprietary.
phy::MType m_type_of(ByteView phy_payload) noexcept;

}  // namespace ff::network_server
