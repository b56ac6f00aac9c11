#include "protocol/crypto/key_wrap.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>

#include "protocol/base/assert.hpp"
#include "protocol/crypto/aes128.hpp"

namespace ff::crypto {
namespace {

constexpr std::size_t semiblock = 8;
constexpr std::size_t plain_size_min = 16;
constexpr std::size_t plain_size_max = 4096;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
enum class Operation : int { unwrap = 0, wrap = 1 };

const EVP_CIPHER* cipher_for(std::size_t kek_size) noexcept {
  switch (kek_size) {
    case 16:
      return EVP_aes_128_wrap();
    case 24:
      return EVP_aes_192_wrap();
    case 32:
      return EVP_aes_256_wrap();
    default:
      return nullptr;
  }
}

Status check_sizes(std::size_t plain_size, std::size_t kek_size) {
  if (cipher_for(kek_size) == nullptr) return fail(key_length_size, {{"size", kek_size}});
  if (plain_size < plain_size_min || plain_size > plain_size_max || plain_size % semiblock != 0) {
    return fail(invalid_length);
  }
  return {};
}

/// False when the integrity check of an unwrap fails.
bool run(Operation operation, ByteView kek, ByteView in, MutableByteView out) {
  std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  FF_ASSERT(context != nullptr);
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  FF_ASSERT(EVP_CipherInit_ex(context.get(), cipher_for(kek.size()), nullptr, kek.data(), nullptr,
                              static_cast<int>(operation)) == 1);
  int written = 0;
  const bool done = EVP_CipherUpdate(context.get(), out.data(), &written, in.data(),
                                     static_cast<int>(in.size())) == 1;
  if (!done) ERR_clear_error();  // The queue of this thread must not show it to others.
  return done && static_cast<std::size_t>(written) == out.size();
}

}  // namespace

Result<Bytes> wrap_key(ByteView plain, ByteView kek) {
  FF_CHECK(check_sizes(plain.size(), kek.size()));
  Bytes wrapped(plain.size() + semiblock);
  FF_ASSERT(run(Operation::wrap, kek, plain, wrapped));
  return wrapped;
}

Result<Bytes> unwrap_key(ByteView wrapped, ByteView kek) {
  FF_CHECK(check_sizes(wrapped.size() < semiblock ? 0 : wrapped.size() - semiblock, kek.size()));
  // OpenSSL wants room for the wrapped size and writes 8 bytes less.
  Bytes plain(wrapped.size());
  const bool intact = run(Operation::unwrap, kek, wrapped,
                          MutableByteView(plain).first(wrapped.size() - semiblock));
  if (!intact) {
    wipe(plain);
    return fail(corrupt_key);
  }
  plain.resize(wrapped.size() - semiblock);
  return plain;
}

Result<Aes128Key> unwrap_aes128_key(ByteView wrapped, ByteView kek) {
  if (wrapped.size() != Aes128Key::size + semiblock) return fail(invalid_length);
  FF_TRY(auto plain, unwrap_key(wrapped, kek));
  auto key = Aes128Key::from(plain);
  wipe(plain);
  return key;
}

}  // namespace ff::crypto
