// The store with those rows sealed that hold secrets in clear: of webhooks, pub/subs, packages and
// gateways, and those of the join server, whose claim codes lie beside keys that are wrapped
// anyway. Not the wrapping of devices' keys (protocol/key_vault).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "protocol/base/random.hpp"
#include "protocol/key_vault/key_vault.hpp"
#include "storage/engine/engine.hpp"

namespace ff::app {

inline constexpr ErrorDef row_unsealable{"app/server", "row_unsealable", Code::data_loss,
                                         "a sealed row of family `{family}` can not be opened"};

/// Whether rows of this key are sealed when they are written.
bool is_sealed(storage::Family family, ByteView key);

/// ON-DISK: `00 01`, length of the label u8, label, nonce, ciphertext, tag: AES-256-GCM under
/// HMAC-SHA256(key-encryption key of the label, "farfield rows 1"), bound to family and key of the
/// row. No other value begins with `00` (storage/codec/envelope.hpp). Golden test:
/// test/app/server/sealed_rows/sealed_rows_test.cpp.
///
/// Rows in clear are read for ever, and sealed when they are next written. Under the newest
/// generation of the label; every one that the vault has opens. Thread safe. Errors of all, beside
/// the engine's own: key_not_found, row_unsealable.
class SealedRows final : public storage::Engine {
 public:
  SealedRows(std::unique_ptr<storage::Engine> engine, key_vault::LiveKeyVaultPtr vault,
             std::string label, std::function<std::unique_ptr<Random>()> make_random);

  Result<std::optional<Bytes>> get(storage::Family family, ByteView key) const override;
  Result<std::vector<std::optional<Bytes>>> multi_get(storage::Family family,
                                                      std::span<const Bytes> keys) const override;
  Result<std::size_t> scan(const storage::Scan& scan, const storage::Visitor& visit) const override;
  Status write(const storage::WriteBatch& batch, storage::Durability durability) override;
  std::unique_ptr<storage::Reader> snapshot() const override;

  Status checkpoint(const std::filesystem::path& directory) override {
    return engine_->checkpoint(directory);
  }
  Status flush() override { return engine_->flush(); }
  Status compact(storage::Family family, const storage::KeyRange& range) override {
    return engine_->compact(family, range);
  }
  Result<std::uint64_t> approximate_bytes(storage::Family family,
                                          const storage::KeyRange& range) const override {
    return engine_->approximate_bytes(family, range);
  }
  storage::EngineStats stats() const override { return engine_->stats(); }
  storage::Recovery recovery() const override { return engine_->recovery(); }

 private:
  const std::unique_ptr<storage::Engine> engine_;
  const key_vault::LiveKeyVaultPtr vault_;
  const std::string label_;
  const std::function<std::unique_ptr<Random>()> make_random_;
};

}  // namespace ff::app
