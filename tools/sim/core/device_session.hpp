// A device's session: keys and counters, sealing uplinks and opening downlinks, and the watch over
// the network's counters. Not MAC commands or windows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/join/session_keys.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/phy/seal.hpp"

namespace ff::sim {

/// What a network must never do. A gap between counters is legal.
enum class Violation : std::uint8_t {
  f_cnt_down_repeated,  // the same frame twice
  f_cnt_down_reused,    // another frame with a counter that was used, or a smaller one
  join_nonce_reused,    // not above the last one of these root keys
  mac_command_malformed,
};
inline constexpr std::size_t violation_count = 4;
std::string_view to_string(Violation violation) noexcept;

/// One downlink counter as seen on air, heard by the device or not.
class DownlinkCounter {
 public:
  /// The full counters that a frame with `seen` may have, likely one first: the next one with
  /// these low bits, and the last one before that.
  struct Guesses {
    FCnt32 forward;
    std::optional<FCnt32> backward;
  };
  Guesses guess(FCnt16 seen) const noexcept;
  /// Notes an authentic frame. The violation, if its counter was used before.
  std::optional<Violation> note(FCnt32 f_cnt, ByteView phy_payload);

 private:
  std::optional<FCnt32> last_;
  Bytes last_frame_;
};

/// Frames that a relay carries, encrypted with the network's key. [TS011-1.0.1 §9]
inline constexpr FPort relay_port{226};

class Session {
 public:
  Session(MacVersion mac_version, DevAddr dev_addr, const join::SessionKeys& keys)
      : mac_version_(mac_version), dev_addr_(dev_addr), keys_(keys) {}

  MacVersion mac_version() const noexcept { return mac_version_; }
  DevAddr dev_addr() const noexcept { return dev_addr_; }
  const Aes128Key& s_nwk_s_int_key() const noexcept { return keys_.network.s_nwk_s_int_key; }
  FCnt32 next_f_cnt() const noexcept { return FCnt32{next_f_cnt_}; }
  void start_at(FCnt32 f_cnt) noexcept { next_f_cnt_ = f_cnt.value(); }

  /// Takes the next counter for an uplink; its `payload` is encrypted with it.
  FCnt32 take_f_cnt(FPort f_port, MutableByteView payload) noexcept;
  /// The frame with the last counter taken. Sets ACK if a confirmed downlink waits for it.
  Result<Bytes> seal(const phy::DataFrame& frame, phy::UplinkTransmission transmission) const;

  struct Opened {
    phy::DataFrame frame;  // all of it decrypted
    FCnt32 f_cnt;
    std::optional<Violation> violation;
  };
  /// Nothing if the MIC is not this session's. `phy_payload` is the whole frame.
  std::optional<Opened> open(const phy::DataFrameView& frame, ByteView phy_payload);

  /// ACK is due for a confirmed downlink with this counter.
  void acknowledge(FCnt32 f_cnt_down) noexcept { unacknowledged_ = f_cnt_down; }
  bool has_to_acknowledge() const noexcept { return unacknowledged_.has_value(); }
  /// The ACK has gone out with a new uplink.
  void acknowledged() noexcept;

 private:
  /// Of a payload on `f_port`, which is not 0.
  const Aes128Key& payload_key(FPort f_port) const noexcept;
  std::optional<phy::DataFrame> open_with(const phy::DataFrameView& frame, FCnt32 f_cnt) const;

  MacVersion mac_version_;
  DevAddr dev_addr_;
  join::SessionKeys keys_;
  std::uint32_t next_f_cnt_ = 0;
  DownlinkCounter network_counter_;      // the only one in 1.0.x
  DownlinkCounter application_counter_;  // 1.1
  std::optional<FCnt32> unacknowledged_;
  std::uint16_t conf_f_cnt_ = 0;  // of the uplink in transmission
};

}  // namespace ff::sim
