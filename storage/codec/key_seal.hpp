// KeySeal: how AES-128 keys lie in rows: wrapped under a key-encryption key of the key vault, or in
// clear. The one place that decides it; rows come to it through fields.hpp. Not the vault.
#pragma once

#include <memory>
#include <string>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/key_vault/key_vault.hpp"
#include "protocol/types/keys.hpp"

namespace ff::storage {

/// Immutable; any thread. ON-DISK: 16 bytes are the key in clear; else `01`, the label's length
/// u8, the label, the wrapped key (24 bytes). Rows written in clear are read for ever, and wrapped
/// when they are next written. Golden test: test/storage/codec/key_seal_test.cpp.
class KeySeal {
 public:
  /// `label` empty: in clear. Else the vault has it (asserted when a key is sealed): KEKs are never
  /// taken from a live vault.
  KeySeal(key_vault::LiveKeyVaultPtr vault, std::string label);

  Bytes seal(const Aes128Key& key) const;
  /// Errors: malformed_record, and those of KeyVault::unwrap.
  Result<Aes128Key> open(ByteView stored) const;

 private:
  key_vault::LiveKeyVaultPtr vault_;
  std::string label_;
};
using KeySealPtr = std::shared_ptr<const KeySeal>;

}  // namespace ff::storage
