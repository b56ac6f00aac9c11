#include "protocol/phy/join_accept_crypto.hpp"

#include <algorithm>
#include <array>

#include "protocol/crypto/cmac.hpp"

namespace ff::phy {
namespace {

constexpr std::size_t prefix_size_1_1 = 11;

bool is_message_size(std::size_t size) noexcept {
  return size == join_accept_size_short - mic_size || size == join_accept_size_long - mic_size;
}

Status check_payload_size(ByteView payload) {
  if (payload.size() == join_accept_size_short - 1 || payload.size() == join_accept_size_long - 1)
    return {};
  return fail(join_accept_payload_size, {{"size", payload.size()}});
}

}  // namespace

Result<Mic> join_accept_mic_1_0(const Aes128Key& root_key, ByteView message) {
  if (!is_message_size(message.size()))
    return fail(join_accept_message_size, {{"size", message.size()}});
  return Mic{crypto::tag_of(crypto::CmacKey(root_key).mac(message))};
}

Result<Mic> join_accept_mic_1_1(const Aes128Key& js_int_key, const JoinAcceptContext& context,
                                ByteView message) {
  if (!is_message_size(message.size()))
    return fail(join_accept_message_size, {{"size", message.size()}});
  std::array<std::uint8_t, prefix_size_1_1 + join_accept_size_long> covered;
  const MutableByteView bytes(covered);
  bytes[0] = static_cast<std::uint8_t>(context.request_type);
  write_le<8>(bytes.subspan(1), context.join_eui.value());
  write_le<2>(bytes.subspan(9), context.dev_nonce.value());
  std::copy(message.begin(), message.end(), bytes.subspan(prefix_size_1_1).begin());
  const auto used = ByteView(covered).first(prefix_size_1_1 + message.size());
  return Mic{crypto::tag_of(crypto::CmacKey(js_int_key).mac(used))};
}

Result<Bytes> encrypt_join_accept(const Aes128Key& key, ByteView payload) {
  FF_CHECK(check_payload_size(payload));
  Bytes encrypted(payload.size());
  crypto::Aes128(key).decrypt(payload, encrypted);
  return encrypted;
}

Result<Bytes> decrypt_join_accept(const Aes128Key& key, ByteView encrypted) {
  FF_CHECK(check_payload_size(encrypted));
  Bytes payload(encrypted.size());
  crypto::Aes128(key).encrypt(encrypted, payload);
  return payload;
}

}  // namespace ff::phy
