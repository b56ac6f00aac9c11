// What the session's events of frames and joins carry, made of what it is told and asks.
#pragma once

#include <memory>

#include "actors/events/traffic.hpp"
#include "actors/network_server/session/effect.hpp"
#include "actors/network_server/session/messages.hpp"

namespace ff::network_server {

/// Shares the receptions; the octets are copied, because a frame counts as under way as long as
/// somebody holds it and events are kept. [gateway_server/connection/uplink_budget]
std::shared_ptr<const events::Uplink> shown(const UplinkFrame& frame, MetadataPtr rx_metadata,
                                            std::optional<ChannelIndex> channel_index = {},
                                            std::optional<FCnt32> f_cnt = {});
/// A frame that a relay has carried.
std::shared_ptr<const events::Uplink> shown(const UplinkFrame& frame);

std::shared_ptr<const events::JoinQuestion> shown(const AskJoinServer& question);
std::shared_ptr<const events::JoinReply> shown(const JoinAnswer& answer);

/// The message to the application server, without what of it grows with the queue, and without
/// keys.
std::shared_ptr<const ApplicationUp> shown_accept(const ApplicationUp& accept);

}  // namespace ff::network_server
