// From a stream of bytes to MQTT packets: framing with bounds, and the bodies of all packets of all
// versions. Not for what a packet means in a conversation; see net/mqtt/session.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <tl/expected.hpp>

#include "net/mqtt/codec/packet.hpp"
#include "net/mqtt/codec/reader.hpp"

namespace ff::mqtt {

template <class T>
using Decoded = tl::expected<T, DecodeError>;

struct DecodeLimits {
  /// Bytes of one packet with its header.
  std::size_t packet_size_max = std::size_t{1} << 20;
  /// Properties of one list; a property costs the sender 2 bytes and us 80.
  std::size_t properties_max = 128;
  /// Filters of one SUBSCRIBE or UNSUBSCRIBE.
  std::size_t filters_max = 1024;
};

/// One packet's body. `flags` is the low nibble of the first byte. `version` is the connection's; a
/// CONNECT sets it, also when it is refused: to the version whose form the refusal should have.
Decoded<Packet> decode_body(PacketType type, std::uint8_t flags, ByteView body, Version& version,
                            const DecodeLimits& limits);

/// Cuts a byte stream into packets. Feed with `append`, then call `next` until it returns nothing.
/// How the stream was cut into pieces makes no difference. After an error it stays in that error.
class Decoder {
 public:
  explicit Decoder(const DecodeLimits& limits, Version version = Version::v3_1_1)
      : limits_(limits), version_(version) {}

  void append(ByteView bytes);
  /// Nothing: the next packet is not complete. Fails with packet_too_large as soon as a header
  /// announces too much.
  std::optional<Decoded<Packet>> next();

  /// The version of the last CONNECT (see decode_body), at first the constructor's.
  Version version() const noexcept { return version_; }
  /// The first byte of the packet that `next` would look at.
  std::optional<std::uint8_t> peek() const noexcept {
    return buffered() > 0 ? std::optional(buffer_[begin_]) : std::nullopt;
  }
  /// Bytes that were appended and not yet decoded.
  std::size_t buffered() const noexcept { return buffer_.size() - begin_; }
  void set_packet_size_max(std::size_t size) noexcept { limits_.packet_size_max = size; }

 private:
  struct Header {
    PacketType type;
    std::uint8_t flags;
    std::size_t size;
    std::size_t body_size;
  };
  std::optional<Decoded<Header>> read_header() const;
  void consume(std::size_t size);

  DecodeLimits limits_;
  Version version_;
  Bytes buffer_;
  std::size_t begin_ = 0;
  std::optional<DecodeError> error_;
};

}  // namespace ff::mqtt
