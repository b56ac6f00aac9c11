// MAC commands as the API shows them. Keys are not shown.
#pragma once

#include <google/protobuf/any.pb.h>

#include <optional>

#include "protocol/mac/event.hpp"
#include "ttn/lorawan/v3/lorawan.pb.h"

namespace ff::api {

/// With the message of its payload, if it has one there. FilterList has none and is octets.
void put_command(const mac::Command& command, ttn::lorawan::v3::MACCommand& out);

/// A command that networks send, as a client gives it. Nothing for one that devices send, whose
/// payload is another's, or that no frame can hold. What `put_command` does not show is not read.
std::optional<mac::Command> command_of(const ttn::lorawan::v3::MACCommand& command);

/// What the event of that name carries: the payload of its command, several commands, an error;
/// nothing where the reference's event has nothing. [shared/api/events.tsv]
void put_mac_event(const mac::Event& event, google::protobuf::Any& out);

}  // namespace ff::api
