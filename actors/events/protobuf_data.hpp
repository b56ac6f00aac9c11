// An event's data of a protobuf message, which is known here by its name and its octets alone.
#pragma once

#include <string>

#include "actors/events/event.hpp"

namespace ff::events {

template <class Message>
ProtobufData protobuf_data(const Message& message) {
  return {std::string(message.GetTypeName()), message.SerializeAsString()};
}

}  // namespace ff::events
