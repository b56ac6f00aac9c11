// A simulated gateway: its concentrator's counter, its GPS and the queue of its transmitter. It
// answers requests as the reference packet forwarder does. Not the encoding (gateway_protocol.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/base/time.hpp"
#include "tools/sim/core/gateway_protocol.hpp"
#include "tools/sim/core/receive_windows.hpp"

namespace ff::sim {

/// A request must come this long before its transmission. [spec gateway-server §3.7]
inline constexpr Duration transmit_lead = std::chrono::microseconds{32'500};
/// Between two transmissions.
inline constexpr Duration transmit_gap = std::chrono::microseconds{2'500};
inline constexpr Duration transmit_ahead_max = std::chrono::seconds{512};
inline constexpr std::size_t transmit_queue_max = 32;

/// From power-on to the first frame.
inline constexpr Duration boot_time = std::chrono::seconds{15};

class SimGateway {
 public:
  /// `counter_offset`: what the concentrator's counter shows at time zero. It gains `drift_ppb`
  /// nanoseconds a second on the time of devices, or loses them.
  SimGateway(GatewayEui eui, std::uint32_t counter_offset, std::int32_t drift_ppb = 0) noexcept
      : eui_(eui), counter_offset_(counter_offset), drift_ppb_(drift_ppb) {}

  GatewayEui eui() const noexcept { return eui_; }
  /// The header of the next datagram.
  PacketHeader next_header() noexcept { return {next_token_++, eui_}; }
  /// Microseconds, wraps.
  std::uint32_t counter(MonoTime time) const noexcept;

  /// Power is cut and comes back: its counter starts at 0, what it was to send is forgotten.
  void restart(MonoTime now) noexcept;
  bool is_up(MonoTime time) const noexcept { return time >= up_at_; }
  /// Power-ons since the beginning.
  std::uint32_t restarts() const noexcept { return restarts_; }

  /// From now on it has GPS time and sends beacons. `epoch`: when GPS time began.
  void lock_gps(MonoTime epoch) noexcept { gps_epoch_ = epoch; }
  std::optional<GpsTime> gps(MonoTime time) const noexcept;

  struct Decision {
    TxError error = TxError::none;
    std::optional<Emission> emission;  // with TxError::none
    Duration lead{0};                  // how long before its transmission the request came
  };
  /// What the gateway does with a request that arrives at `now`. Takes the frame out of `request`.
  Decision schedule(TxRequest& request, MonoTime now);

  bool downlink_path_open = false;  // the server has answered a PULL_DATA
  std::uint64_t frames_forwarded = 0;
  std::uint64_t requests = 0;
  std::uint64_t transmissions = 0;

 private:
  struct Span {
    MonoTime start;
    MonoTime end;
  };
  Duration drift(Duration span) const noexcept;
  TxError place(Span span, MonoTime now);
  bool collides_with_beacon(Span span, Duration guard) const noexcept;

  GatewayEui eui_;
  std::uint32_t counter_offset_;
  std::int32_t drift_ppb_;
  MonoTime powered_at_{};
  MonoTime up_at_ = MonoTime::min();
  std::uint32_t restarts_ = 0;
  std::optional<MonoTime> gps_epoch_;
  std::uint16_t next_token_ = 1;
  std::vector<Span> queue_;
};

}  // namespace ff::sim
