// Frames of our own planes from and to values of Backend Interfaces. Pure.
#pragma once

#include <optional>

#include "actors/roaming/messages.hpp"
#include "actors/roaming/visited.hpp"
#include "protocol/backend_interfaces/message.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/roaming/uplink_token.hpp"
#include "protocol/types/frames.hpp"

namespace ff::roaming {

/// What a partner is told of an uplink. Error: unknown_radio.
Result<backend_interfaces::UlMetaData> ul_meta_data(const Heard& heard);

/// A partner's downlink for our gateways: those that heard the uplink, best first. Errors:
/// only_class_a, not_an_answer (to a join- or rejoin-request a join-accept, else data for the same
/// DevAddr), unknown_radio.
Result<DownlinkFrame> downlink_of(const Heard& heard, const Bytes& phy_payload,
                                  const backend_interfaces::DlMetaData& dl);

/// Where a partner's uplink comes from.
struct Origin {
  NetId visited;
  std::uint64_t exchange = 0;
  UtcTime now;
  DevEui dev_eui;  // of join-requests; else 0
};
/// Reception that lies longer in the past than this is not believed.
inline constexpr Duration reception_age_max = std::chrono::seconds{3};
/// A partner's uplink as one gateway's: `roaming-000013`, with what it says of its gateways. Error:
/// unknown_radio.
Result<UplinkFrame> uplink_of(const Bytes& phy_payload, const backend_interfaces::UlMetaData& ul,
                              const Origin& origin);
GatewayId gateway_id_of(NetId visited);

/// What a partner's gateways are to send. Errors: only_class_a, unknown_radio.
Result<backend_interfaces::DlMetaData> dl_meta_data(const DownlinkFrame& frame,
                                                    const UplinkToken& token);

/// How a partner hears that its uplink is not taken.
backend_interfaces::Outcome refusal_of(const Error& error, bool is_join);

/// What a frame counts: an uplink as it was heard, a downlink in the first window that it has. No
/// airtime if that is not known.
Rated rated_of(const UplinkFrame& frame);
Rated rated_of(const DownlinkFrame& frame);

bool is_join_accept(ByteView phy_payload) noexcept;
/// A join- or rejoin-request, whatever follows its MHDR.
bool is_activation(ByteView phy_payload) noexcept;
/// The home network that a rejoin-request of type 0 or 2 names; nothing for all other frames.
std::optional<NetId> net_id_of(const phy::FrameView& frame) noexcept;

}  // namespace ff::roaming
