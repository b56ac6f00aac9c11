#include "protocol/phy/frame_crypto.hpp"

#include <algorithm>

#include "protocol/base/assert.hpp"

namespace ff::phy {
namespace {

constexpr std::uint8_t block_a_type = 0x01;
constexpr std::size_t block_size = sizeof(crypto::Block);
constexpr std::size_t blocks_max = (phy_payload_size_max + block_size - 1) / block_size;

/// XORs the key stream of blocks A1, A2, ... to `bytes`. All blocks at once: the cipher is re-keyed
/// once.
void apply_key_stream(const Aes128Key& key, const FrameContext& context, std::uint8_t a4,
                      MutableByteView bytes) noexcept {
  FF_ASSERT(bytes.size() <= phy_payload_size_max);
  if (bytes.empty()) return;
  std::array<std::uint8_t, blocks_max * block_size> stream;
  const auto blocks = (bytes.size() + block_size - 1) / block_size;
  const auto used = MutableByteView(stream).first(blocks * block_size);
  crypto::Block a{};
  a[0] = block_a_type;
  a[4] = a4;
  a[5] = static_cast<std::uint8_t>(context.direction);
  write_le<4>(MutableByteView(a).subspan(6), context.dev_addr.value());
  write_le<4>(MutableByteView(a).subspan(10), context.f_cnt.value());
  for (std::size_t block = 0; block < blocks; ++block) {
    a[15] = static_cast<std::uint8_t>(block + 1);
    std::copy(a.begin(), a.end(), used.subspan(block * block_size).begin());
  }
  crypto::Aes128(key).encrypt(used, used);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= stream[i];
  crypto::wipe(used);
}

}  // namespace

void crypt_frm_payload(const Aes128Key& key, const FrameContext& context,
                       MutableByteView payload) noexcept {
  apply_key_stream(key, context, 0, payload);
}

void crypt_f_opts(const Aes128Key& nwk_s_enc_key, const FrameContext& context, FOptsCounter counter,
                  MutableByteView f_opts) noexcept {
  FF_ASSERT(f_opts.size() <= f_opts_size_max);
  apply_key_stream(nwk_s_enc_key, context, static_cast<std::uint8_t>(counter), f_opts);
}

}  // namespace ff::phy
