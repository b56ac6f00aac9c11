#include "protocol/roaming/uplink_token.hpp"

#include <algorithm>
#include <array>

namespace ff::roaming {
namespace {

// A gateway's token is protobuf, which never begins so: the field number would be too large.
constexpr std::array<std::uint8_t, 4> magic{0xFF, 'R', 'P', 0x01};
constexpr std::size_t head_size = magic.size() + 3 + 8 + 8 + 8 + 1;

}  // namespace

Bytes encode_uplink_token(const UplinkToken& token) {
  Bytes out(magic.begin(), magic.end());
  append_be<3>(out, token.visited.value());
  append_be<8>(out, token.exchange);
  append_be<8>(out, static_cast<std::uint64_t>(token.received_at.time_since_epoch().count()));
  append_be<8>(out, token.dev_eui.value());
  append_be<1>(out, token.band_id.size());
  append(out, as_bytes(token.band_id));
  append(out, token.forwarder);
  return out;
}

bool is_uplink_token(ByteView bytes) noexcept {
  return bytes.size() >= head_size && std::equal(magic.begin(), magic.end(), bytes.begin());
}

std::optional<UplinkToken> decode_uplink_token(ByteView bytes) {
  if (!is_uplink_token(bytes)) return std::nullopt;
  bytes = bytes.subspan(magic.size());
  UplinkToken out;
  out.visited = NetId{static_cast<std::uint32_t>(read_be<3>(bytes))};
  out.exchange = read_be<8>(bytes.subspan(3));
  out.received_at = UtcTime(Duration(static_cast<Duration::rep>(read_be<8>(bytes.subspan(11)))));
  out.dev_eui = DevEui{read_be<8>(bytes.subspan(19))};
  const std::size_t size = bytes[27];
  bytes = bytes.subspan(28);
  if (bytes.size() < size) return std::nullopt;
  out.band_id = as_text(bytes.first(size));
  out.forwarder = to_owned(bytes.subspan(size));
  return out;
}

}  // namespace ff::roaming
