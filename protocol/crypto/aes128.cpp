#include "protocol/crypto/aes128.hpp"

#include <openssl/crypto.h>

#include "protocol/base/assert.hpp"

namespace ff::crypto {

const Aes128Backend& default_backend() noexcept {
  static const Aes128Backend& chosen =
      aes_instructions_backend() != nullptr ? *aes_instructions_backend() : evp_backend();
  return chosen;
}

Aes128::Aes128(const Aes128Key& key, const Aes128Backend& backend) noexcept : backend_(&backend) {
  backend_->expand(key.bytes().data(), round_keys_);
}

Aes128::~Aes128() {
  wipe(round_keys_);
}

Block Aes128::encrypt(const Block& block) const noexcept {
  Block out;
  backend_->encrypt(round_keys_.data(), block.data(), out.data(), 1);
  return out;
}

Block Aes128::decrypt(const Block& block) const noexcept {
  Block out;
  backend_->decrypt(round_keys_.data(), block.data(), out.data(), 1);
  return out;
}

void Aes128::encrypt(ByteView in, MutableByteView out) const noexcept {
  FF_ASSERT(in.size() % sizeof(Block) == 0 && in.size() == out.size());
  backend_->encrypt(round_keys_.data(), in.data(), out.data(), in.size() / sizeof(Block));
}

void Aes128::decrypt(ByteView in, MutableByteView out) const noexcept {
  FF_ASSERT(in.size() % sizeof(Block) == 0 && in.size() == out.size());
  backend_->decrypt(round_keys_.data(), in.data(), out.data(), in.size() / sizeof(Block));
}

void wipe(MutableByteView secret) noexcept {
  OPENSSL_cleanse(secret.data(), secret.size());
}

bool equal_constant_time(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ff::crypto
