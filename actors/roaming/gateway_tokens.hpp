// The serving network's memory of partners' gateways: with which ULTokens an uplink came, for the
// downlink that answers it. Pure. Not FNSULToken, which our own token carries (protocol/roaming).
// [TS002-1.1 §17]
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "protocol/backend_interfaces/roaming.hpp"
#include "protocol/base/time.hpp"
#include "protocol/roaming/uplink_token.hpp"

namespace ff::roaming {

struct GatewayTokenLimits {
  /// A device's last window opens 16 s after its uplink at most. [TS001-1.0.4 §5.7]
  Duration kept = std::chrono::seconds{20};
  std::size_t exchanges_max = 8'192;
  std::size_t gateways_max = 8;  // of one uplink; more are left out
};

class GatewayTokens {
 public:
  explicit GatewayTokens(GatewayTokenLimits limits = {}) : limits_(limits) {}

  /// Gateways of the uplink that have a token and may send. `exchange` is above all before. The
  /// oldest makes room.
  void add(std::uint64_t exchange, NetId partner, const backend_interfaces::UlMetaData& ul,
           MonoTime now);
  /// Their ids and tokens, as they were heard. Empty: there were none, or it is too long ago.
  std::vector<backend_interfaces::GwInfo> of(const UplinkToken& token, MonoTime now) const;

  std::size_t size() const noexcept { return exchanges_.size(); }

 private:
  struct Heard {
    NetId partner;
    Bytes forwarder;  // its FNSULToken: exchanges of an earlier actor have the same numbers
    std::vector<backend_interfaces::GwInfo> gateways;
    MonoTime until;
  };
  GatewayTokenLimits limits_;
  std::map<std::uint64_t, Heard> exchanges_;  // oldest first
};

}  // namespace ff::roaming
