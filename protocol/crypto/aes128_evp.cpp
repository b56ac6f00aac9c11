// AES-128 through OpenSSL. A context is fetched once per thread and direction and re-keyed per use:
// fetching per message costs more than a microsecond, a context per device costs hundreds of bytes.
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "protocol/base/assert.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/crypto/aes128.hpp"

namespace ff::crypto {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;
enum class Operation : int { decrypt = 0, encrypt = 1 };

Context new_context(Operation operation) noexcept {
  Context context(EVP_CIPHER_CTX_new());
  // Failing here means that OpenSSL has no AES or no memory is left: nothing can go on.
  FF_ASSERT(context != nullptr);
  FF_ASSERT(EVP_CipherInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, nullptr, nullptr,
                              static_cast<int>(operation)) == 1);
  FF_ASSERT(EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1);
  return context;
}

template <Operation operation>
EVP_CIPHER_CTX* keyed(const std::uint8_t* key) noexcept {
  thread_local const Context context = new_context(operation);
  FF_ASSERT(EVP_CipherInit_ex(context.get(), nullptr, nullptr, key, nullptr, -1) == 1);
  return context.get();
}

void run(EVP_CIPHER_CTX* context, const std::uint8_t* in, std::uint8_t* out,
         std::size_t blocks) noexcept {
  int written = 0;
  const auto size = static_cast<int>(blocks * sizeof(Block));
  FF_ASSERT(EVP_CipherUpdate(context, out, &written, in, size) == 1 && written == size);
}

void chain_with(EVP_CIPHER_CTX* context, std::uint8_t* state, const std::uint8_t* in,
                std::size_t blocks) noexcept {
  for (std::size_t block = 0; block < blocks; ++block, in += sizeof(Block)) {
    for (std::size_t i = 0; i < sizeof(Block); ++i) state[i] ^= in[i];
    run(context, state, state, 1);
  }
}

void expand(const std::uint8_t* key, RoundKeys& round_keys) noexcept {
  round_keys.fill(0);
  std::copy_n(key, sizeof(Block), round_keys.begin());
}

void encrypt(const std::uint8_t* round_keys, const std::uint8_t* in, std::uint8_t* out,
             std::size_t blocks) noexcept {
  run(keyed<Operation::encrypt>(round_keys), in, out, blocks);
}

void decrypt(const std::uint8_t* round_keys, const std::uint8_t* in, std::uint8_t* out,
             std::size_t blocks) noexcept {
  run(keyed<Operation::decrypt>(round_keys), in, out, blocks);
}

void chain(const std::uint8_t* round_keys, std::uint8_t* state, const std::uint8_t* in,
           std::size_t blocks) noexcept {
  chain_with(keyed<Operation::encrypt>(round_keys), state, in, blocks);
}

void mac_batch(MacBatch& batch) noexcept {
  for (std::size_t lane = 0; lane < batch.lanes; ++lane) {
    auto* context = keyed<Operation::encrypt>(batch.round_keys[lane]);
    Block state;
    std::copy_n(batch.prefix, sizeof(Block), state.begin());
    write_le<4>(MutableByteView(state).subspan(10), batch.counters[lane]);
    run(context, state.data(), state.data(), 1);
    chain_with(context, state.data(), batch.whole_blocks, batch.whole_block_count);
    for (std::size_t i = 0; i < sizeof(Block); ++i) state[i] ^= batch.subkeys[lane][i];
    chain_with(context, state.data(), batch.last_block, 1);
    batch.tags[lane] = static_cast<std::uint32_t>(read_le<4>(state));
  }
}

}  // namespace

const Aes128Backend& evp_backend() noexcept {
  static constexpr Aes128Backend backend{"evp", expand, encrypt, decrypt, chain, mac_batch};
  return backend;
}

}  // namespace ff::crypto
