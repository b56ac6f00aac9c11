// Forward declarations of the MQTT codec's types. Not for use inside the codec itself.
#pragma once

#include <cstdint>

namespace ff::mqtt {

enum class PacketType : std::uint8_t;
enum class QoS : std::uint8_t;
enum class ReasonCode : std::uint8_t;
enum class Version : std::uint8_t;
class Decoder;
class Payload;
class Properties;
struct Connect;
struct DecodeLimits;
struct Frame;
struct Publish;

}  // namespace ff::mqtt
