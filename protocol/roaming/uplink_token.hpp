// The token of an uplink that another network's gateways heard: what it takes to answer by that
// network. Travels in rx_metadata as a gateway's does, unsigned and within our own components.
// Not that network's own token (FNSULToken), which is inside and opaque.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::roaming {

struct UplinkToken {
  NetId visited;               // the network that heard it
  std::uint64_t exchange = 0;  // its request, as our roaming actor numbers them
  UtcTime received_at;         // when the request came
  DevEui dev_eui;              // of join-requests; else 0
  std::string band_id;         // `EU_863_870`; 255 octets at most
  Bytes forwarder;             // FNSULToken; may be empty
  bool operator==(const UplinkToken&) const = default;
};

Bytes encode_uplink_token(const UplinkToken& token);
/// Nothing for any other token, a gateway's among them. Total on any bytes.
std::optional<UplinkToken> decode_uplink_token(ByteView bytes);
/// Whether it is one of these.
bool is_uplink_token(ByteView bytes) noexcept;

}  // namespace ff::roaming
