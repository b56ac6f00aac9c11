// The JSON of PUSH_DATA: received frames (`rxpk`) and the gateway's status (`stat`). Not the
// datagram's header: packet.hpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/gateway/semtech_udp/errors.hpp"
#include "protocol/types/frames.hpp"
#include "protocol/types/gateway_status.hpp"

namespace ff::gateway::semtech_udp {

/// What the JSON does not say of itself. The views must outlive the call only.
struct PushDataContext {
  const GatewayIdentifiers& gateway;
  UtcTime received_at;
  std::string_view remote_ip;
  std::string_view server_version;
};

struct PushData {
  /// In the order of the datagram. Copies of one payload (several boards) are reduced to the one
  /// with the best RSSI. `band_id`, correlation ids, location and tokens are left to the
  /// connection.
  std::vector<UplinkFrame> uplinks;
  std::optional<GatewayStatus> status;
  /// The datagram had a `stat` that could not be read; its frames count nevertheless.
  bool status_ignored = false;
  /// Frames that are left out: noise, or no frame of LoRaWAN.
  std::size_t frames_refused = 0;
};

/// Decodes datagrams one after the other with reused buffers. Not thread safe: one per actor.
class PushDataDecoder {
 public:
  PushDataDecoder();
  ~PushDataDecoder();
  PushDataDecoder(PushDataDecoder&&) noexcept;
  PushDataDecoder& operator=(PushDataDecoder&&) noexcept;

  /// `body` is at most `datagram_bytes_max` long. Broken JSON, and a known `field` of `rxpk` whose
  /// value does not fit (an attribute, with the `reason` `type`, `range` or `syntax`), make the
  /// whole datagram an error. A frame that is well formed and that we can not take (its modulation,
  /// data rate, frequency, base64) is left out, where the reference refuses those beside it too; it
  /// is an error if there is no other. Never throws. [spec gateway-server §3.4]
  Result<PushData> decode(ByteView body, const PushDataContext& context);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ff::gateway::semtech_udp
