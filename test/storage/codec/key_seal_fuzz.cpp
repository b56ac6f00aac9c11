// Any bytes as a key at rest: no crash, and what opens was made by the vault or lies in clear.
#include <cstdlib>

#include "storage/codec/key_seal.hpp"

using namespace ff;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const storage::KeySeal seal(
      std::make_shared<const key_vault::LiveKeyVault>(
          key_vault::KeyVault(key_vault::Keks{{"device", Bytes(16, 1)}})),
      "device");
  const auto opened = seal.open({data, size});
  if (!opened) return 0;
  if (size != Aes128Key::size && seal.seal(*opened) != to_owned({data, size})) std::abort();
  return 0;
}
