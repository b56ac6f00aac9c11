// Join-accepts under way, and what they say of the session to come, between domain and protobuf.
#pragma once

#include "protocol/mac/state.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

/// Keys included.
void put_join_accept(const mac::QueuedJoinAccept& accept,
                     ttn::lorawan::v3::MACState::JoinAccept& out);
mac::QueuedJoinAccept join_accept_of(const ttn::lorawan::v3::MACState::JoinAccept& accept);

void put_join_request(const mac::JoinParameters& join,
                      ttn::lorawan::v3::MACState::JoinRequest& out);
/// Address and NetID, which the protobuf form does not have, are those of `base`.
mac::JoinParameters join_request_of(const ttn::lorawan::v3::MACState::JoinRequest& request,
                                    mac::JoinParameters base);

}  // namespace ff::api
