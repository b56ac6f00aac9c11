#include "net/mqtt/codec/decoder.hpp"

namespace ff::mqtt {
namespace {

/// A buffer that grew beyond this for one large packet is given back.
constexpr std::size_t kept_capacity_max = 16 * 1024;

}  // namespace

void Decoder::append(ByteView bytes) {
  if (error_) return;
  if (begin_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  ff::append(buffer_, bytes);
}

std::optional<Decoded<Decoder::Header>> Decoder::read_header() const {
  auto rest = ByteView(buffer_).subspan(begin_);
  if (rest.empty()) return std::nullopt;
  std::size_t body_size = 0;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    body_size |= static_cast<std::size_t>(rest[i] & 0x7FU) << (7 * (i - 1));
    if ((rest[i] & 0x80U) == 0) {
      if (rest[i] == 0 && i > 1) {
        return tl::unexpected(
            DecodeError{ReasonCode::malformed_packet, "the length is not in its shortest form"});
      }
      if (body_size + i + 1 > limits_.packet_size_max) {
        return tl::unexpected(DecodeError{ReasonCode::packet_too_large, "the packet is too large"});
      }
      auto type = static_cast<PacketType>(rest[0] >> 4);
      return Header{type, static_cast<std::uint8_t>(rest[0] & 0x0FU), i + 1, body_size};
    }
    if (i == 4)
      return tl::unexpected(DecodeError{ReasonCode::malformed_packet, "the length is too long"});
  }
  return std::nullopt;
}

std::optional<Decoded<Packet>> Decoder::next() {
  if (error_) return tl::unexpected(*error_);
  auto header = read_header();
  if (!header) return std::nullopt;
  if (!*header) {
    error_ = header->error();
    return tl::unexpected(*error_);
  }
  const auto& [type, flags, size, body_size] = **header;
  if (buffered() < size + body_size) return std::nullopt;
  auto body = ByteView(buffer_).subspan(begin_ + size, body_size);
  auto packet = decode_body(type, flags, body, version_, limits_);
  if (!packet) error_ = packet.error();
  consume(size + body_size);
  return packet;
}

void Decoder::consume(std::size_t size) {
  begin_ += size;
  if (begin_ < buffer_.size()) return;
  begin_ = 0;
  buffer_.clear();
  if (buffer_.capacity() > kept_capacity_max) buffer_.shrink_to_fit();
}

}  // namespace ff::mqtt
