// Bytes of MQTT 5 property lists.
// Not for what properties mean; the session decides that.
#pragma once

#include <cstddef>

#include "net/mqtt/codec/properties.hpp"
#include "net/mqtt/codec/reader.hpp"

namespace ff::mqtt {

/// Where a property list stands: in a packet, or in the will inside a CONNECT.
enum class PropertyPlace : std::uint8_t { packet, will };

/// Reads a length and the properties behind it. Fails the reader with malformed_packet for unknown
/// identifiers and ones that do not belong here, protocol_error for repeated ones and values out of
/// range, and quota_exceeded for more than `count_max` properties.
Properties read_properties(Reader& reader, PacketType type, PropertyPlace place,
                           std::size_t count_max);

/// Appends length and properties. Every value must have its identifier's kind, and texts at most
/// 65,535 bytes: asserted.
void append_properties(Bytes& out, const Properties& properties);

/// Appends a variable byte integer; `value` at most 268,435,455.
void append_variable(Bytes& out, std::uint32_t value);
/// Appends a length of two bytes and `bytes`, at most 65,535: asserted.
void append_sized(Bytes& out, ByteView bytes);

}  // namespace ff::mqtt
