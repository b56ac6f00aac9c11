// What events tell of frames and joins, as messages of the API. Whole application messages are
// messages.hpp's.
#pragma once

#include "actors/events/traffic.hpp"
#include "ttn/lorawan/v3/gatewayserver.pb.h"
#include "ttn/lorawan/v3/join.pb.h"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::api {

/// A PHYPayload taken apart as far as it is not encrypted. Octets that are no frame leave `out`
/// empty.
void put_message(ByteView phy_payload, ttn::lorawan::v3::Message& out);

void put_uplink_message(const events::Uplink& uplink, const CorrelationIds& correlation_ids,
                        ttn::lorawan::v3::UplinkMessage& out);
void put_forwarded(const events::ForwardedUplink& forwarded, const DeviceIdentifiers& ids,
                   const CorrelationIds& correlation_ids, ttn::lorawan::v3::ApplicationUp& out);
void put_request(const TxRequest& request, ttn::lorawan::v3::TxRequest& out);
/// Also whose it is: not for who sees only its gateway.
void put_downlink(const DownlinkFrame& frame, ttn::lorawan::v3::DownlinkMessage& out);
void put_scheduled(const ScheduledDownlink& scheduled,
                   ttn::lorawan::v3::ScheduleDownlinkResponse& out);
void put_question(const events::JoinQuestion& question, const CorrelationIds& correlation_ids,
                  ttn::lorawan::v3::JoinRequest& out);
void put_reply(const events::JoinReply& reply, const CorrelationIds& correlation_ids,
               ttn::lorawan::v3::JoinResponse& out);

}  // namespace ff::api
