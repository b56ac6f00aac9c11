// Frames and commands of a MAC state between domain and protobuf. What was received here is kept as
// little more than what the network goes by, and shown as that; what clients give is kept whole.
#pragma once

#include <vector>

#include "protocol/mac/state.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::api {

using CommandMessages = google::protobuf::RepeatedPtrField<ttn::lorawan::v3::MACCommand>;
void put_commands(const std::vector<mac::Command>& commands, CommandMessages& out);
/// Of `before` what looks as it did, with what is not shown of it. Messages that are no commands of
/// networks are left out (command_of).
std::vector<mac::Command> commands_of(const CommandMessages& messages,
                                      const std::vector<mac::Command>& before);

void put_recent_uplinks(const mac::MacState& state, ttn::lorawan::v3::MACState& out);
/// `out` has its parameters. The newest are taken, as many as are kept of received ones.
void take_recent_uplinks(const ttn::lorawan::v3::MACState& from, mac::MacState& out);

void put_recent_downlinks(const mac::MacState& state, ttn::lorawan::v3::MACState& out);
void take_recent_downlinks(const ttn::lorawan::v3::MACState& from, mac::MacState& out);

}  // namespace ff::api
