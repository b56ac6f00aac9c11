#include "net/websocket/frame.hpp"

#include <algorithm>

#include "net/websocket/utf8.hpp"

namespace ff::websocket {
namespace {

constexpr std::uint8_t fin_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t size_16 = 126;
constexpr std::uint8_t size_64 = 127;

bool is_known(std::uint8_t opcode) noexcept {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

/// Octets of the header, as far as its first two tell.
std::size_t header_size(std::uint8_t second) noexcept {
  const auto size = second & 0x7fU;
  const std::size_t length_bytes = size == size_16 ? 2U : size == size_64 ? 8U : 0U;
  return 2 + length_bytes + ((second & mask_bit) != 0 ? sizeof(Mask) : 0U);
}

/// Codes that may stand in a close frame. [RFC 6455 §7.4]
bool may_be_sent(std::uint16_t code) noexcept {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

}  // namespace

HeaderDecoder::Progress HeaderDecoder::feed(ByteView bytes) {
  Progress progress;
  progress.failed = failed_;
  while (!failed_ && progress.consumed < bytes.size()) {
    bytes_[size_++] = bytes[progress.consumed++];
    const auto first = bytes_[0];
    if ((first & reserved_bits) != 0 || !is_known(first & 0x0fU)) failed_ = true;
    if (failed_ || size_ < 2 || size_ < header_size(bytes_[1])) continue;
    FrameHeader header{(first & fin_bit) != 0, static_cast<Opcode>(first & 0x0fU), {}, 0};
    const ByteView all(bytes_);
    const std::uint8_t size = bytes_[1] & 0x7fU;
    header.payload_size = size;
    if (size == size_16) header.payload_size = read_be<2>(all.subspan(2));
    if (size == size_64) header.payload_size = read_be<8>(all.subspan(2));
    // The shortest form, and the highest bit of 64 is zero. [RFC 6455 §5.2]
    if (size == size_16 && header.payload_size < size_16) failed_ = true;
    if (size == size_64 && (header.payload_size <= 0xffff || header.payload_size >> 63U != 0))
      failed_ = true;
    if (failed_) break;
    if ((bytes_[1] & mask_bit) != 0) {
      header.mask.emplace();
      std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(size_ - sizeof(Mask)), sizeof(Mask),
                  header.mask->begin());
    }
    size_ = 0;
    progress.header = header;
    return progress;
  }
  progress.failed = failed_;
  return progress;
}

void apply_mask(MutableByteView bytes, const Mask& mask, std::uint64_t offset) noexcept {
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= mask[(offset + i) % mask.size()];
}

Bytes encode_frame(const FrameHeader& header, ByteView payload) {
  Bytes out;
  out.reserve(14 + payload.size());
  out.push_back(static_cast<std::uint8_t>((header.fin ? fin_bit : 0U) |
                                          static_cast<std::uint8_t>(header.opcode)));
  const auto masked = header.mask ? mask_bit : std::uint8_t{0};
  if (payload.size() < size_16) {
    out.push_back(static_cast<std::uint8_t>(masked | payload.size()));
  } else if (payload.size() <= 0xffff) {
    out.push_back(masked | size_16);
    append_be<2>(out, payload.size());
  } else {
    out.push_back(masked | size_64);
    append_be<8>(out, payload.size());
  }
  if (header.mask) append(out, *header.mask);
  const auto start = out.size();
  append(out, payload);
  if (header.mask) apply_mask(MutableByteView(out).subspan(start), *header.mask, 0);
  return out;
}

std::optional<CloseBody> parse_close(ByteView payload) {
  if (payload.empty()) return CloseBody{};
  if (payload.size() < 2) return std::nullopt;
  const auto code = static_cast<std::uint16_t>(read_be<2>(payload));
  const auto reason = payload.subspan(2);
  if (!may_be_sent(code) || !is_utf8(reason)) return std::nullopt;
  return CloseBody{static_cast<CloseCode>(code), std::string(as_text(reason))};
}

Bytes encode_close(CloseCode code, std::string_view reason) {
  // Not in the middle of a character.
  auto size = std::min(reason.size(), control_payload_size_max - 2);
  while (size > 0 && size < reason.size() &&
         (static_cast<std::uint8_t>(reason[size]) & 0xc0U) == 0x80)
    --size;
  Bytes body;
  append_be<2>(body, static_cast<std::uint16_t>(code));
  append(body, as_bytes(reason.substr(0, size)));
  return encode_frame({.fin = true, .opcode = Opcode::close, .mask = {}}, body);
}

}  // namespace ff::websocket
