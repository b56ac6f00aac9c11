#include "protocol/crypto/seal.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>

#include "protocol/base/assert.hpp"

namespace ff::crypto {
namespace {

constexpr std::size_t tag_size = 16;
constexpr std::size_t nonce_size = std::tuple_size_v<SealNonce>;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

int size_of(ByteView bytes) {
  return static_cast<int>(bytes.size());
}

}  // namespace

Sha256Digest hmac_sha256(ByteView key, ByteView data) {
  Sha256Digest out;
  unsigned size = 0;
  const auto* done =
      HMAC(EVP_sha256(), key.data(), size_of(key), data.data(), data.size(), out.data(), &size);
  FF_ASSERT(done != nullptr && size == out.size());
  return out;
}

Bytes seal(const SealKey& key, const SealNonce& nonce, ByteView context, ByteView plain) {
  Bytes out(nonce_size + plain.size() + tag_size);
  std::copy(nonce.begin(), nonce.end(), out.begin());
  const ContextPtr cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  bool ok = cipher && EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(),
                                         nonce.data()) == 1;
  ok = ok && EVP_EncryptUpdate(cipher.get(), nullptr, &size, context.data(), size_of(context)) == 1;
  ok = ok && EVP_EncryptUpdate(cipher.get(), out.data() + nonce_size, &size, plain.data(),
                               size_of(plain)) == 1;
  ok = ok && EVP_EncryptFinal_ex(cipher.get(), out.data() + nonce_size + plain.size(), &size) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                                 out.data() + nonce_size + plain.size()) == 1;
  FF_ASSERT(ok);
  return out;
}

std::optional<Bytes> open_sealed(const SealKey& key, ByteView context, ByteView sealed) {
  if (sealed.size() < nonce_size + tag_size) return std::nullopt;
  const auto body = sealed.subspan(nonce_size, sealed.size() - nonce_size - tag_size);
  auto tag = to_owned(sealed.last(tag_size));
  Bytes out(body.size());
  const ContextPtr cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  bool ok = cipher && EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(),
                                         sealed.data()) == 1;
  ok = ok && EVP_DecryptUpdate(cipher.get(), nullptr, &size, context.data(), size_of(context)) == 1;
  ok = ok && EVP_DecryptUpdate(cipher.get(), out.data(), &size, body.data(), size_of(body)) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1;
  // Compares the tag.
  if (!ok || EVP_DecryptFinal_ex(cipher.get(), nullptr, &size) != 1) return std::nullopt;
  return out;
}

}  // namespace ff::crypto
