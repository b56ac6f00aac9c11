#include "protocol/phy/mic.hpp"

#include "protocol/base/assert.hpp"

namespace ff::phy {
namespace {

constexpr std::uint8_t block_b_type = 0x49;
constexpr std::size_t message_size_max = 255;
constexpr std::size_t join_request_signed_size = 19;
constexpr std::size_t rejoin_signed_size_0_2 = 15;
constexpr std::size_t rejoin_signed_size_1 = 20;

/// Bytes 5-15, which B0 and B1 have in common. [TS001-1.1 §4.4]
crypto::Block block_b(const FrameContext& context, std::size_t message_size) noexcept {
  FF_ASSERT(message_size <= message_size_max);
  crypto::Block block{};
  const MutableByteView bytes(block);
  bytes[0] = block_b_type;
  bytes[5] = static_cast<std::uint8_t>(context.direction);
  write_le<4>(bytes.subspan(6), context.dev_addr.value());
  write_le<4>(bytes.subspan(10), context.f_cnt.value());
  bytes[15] = static_cast<std::uint8_t>(message_size);
  return block;
}

std::uint32_t tag(const crypto::CmacKey& key, const crypto::Block& block,
                  ByteView message) noexcept {
  return crypto::tag_of(key.mac(block, message));
}

}  // namespace

crypto::Block b0_block(const FrameContext& context, std::size_t message_size) noexcept {
  return block_b(context, message_size);
}

Mic mic_1_0(const crypto::CmacKey& nwk_s_key, const FrameContext& context,
            ByteView signed_part) noexcept {
  return Mic{tag(nwk_s_key, b0_block(context, signed_part.size()), signed_part)};
}

std::uint16_t uplink_cmac_s(const crypto::CmacKey& s_nwk_s_int_key, const FrameContext& context,
                            const UplinkTransmission& transmission, ByteView signed_part) noexcept {
  auto b1 = block_b(context, signed_part.size());
  write_le<2>(MutableByteView(b1).subspan(1), transmission.conf_f_cnt);
  b1[3] = transmission.tx_dr.value();
  b1[4] = transmission.tx_ch.value();
  return static_cast<std::uint16_t>(tag(s_nwk_s_int_key, b1, signed_part));
}

Mic downlink_mic_1_1(const crypto::CmacKey& s_nwk_s_int_key, const FrameContext& context,
                     std::uint16_t conf_f_cnt, ByteView signed_part) noexcept {
  auto b0 = block_b(context, signed_part.size());
  write_le<2>(MutableByteView(b0).subspan(1), conf_f_cnt);
  return Mic{tag(s_nwk_s_int_key, b0, signed_part)};
}

Result<Mic> join_request_mic(const Aes128Key& root_key, ByteView signed_part) {
  if (signed_part.size() != join_request_signed_size) {
    return fail(join_request_payload_size, {{"size", signed_part.size()}});
  }
  return Mic{crypto::tag_of(crypto::CmacKey(root_key).mac(signed_part))};
}

Result<Mic> rejoin_request_mic(const Aes128Key& key, ByteView signed_part) {
  if (signed_part.size() != rejoin_signed_size_0_2 && signed_part.size() != rejoin_signed_size_1) {
    return fail(rejoin_request_size, {{"size", signed_part.size()}});
  }
  return Mic{crypto::tag_of(crypto::CmacKey(key).mac(signed_part))};
}

}  // namespace ff::phy
