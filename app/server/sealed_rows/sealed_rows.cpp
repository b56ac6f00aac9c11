#include "app/server/sealed_rows/sealed_rows.hpp"

#include <algorithm>
#include <array>

#include "protocol/base/assert.hpp"
#include "protocol/crypto/seal.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::app {
namespace {

using storage::ChangeView;
using storage::EntityKind;
using storage::Family;

constexpr std::uint8_t mark = 0x00;
constexpr std::uint8_t form = 0x01;
constexpr std::size_t head_size = 3;

constexpr std::array sealed_kinds{EntityKind::gateway, EntityKind::webhook, EntityKind::pubsub,
                                  EntityKind::package_association, EntityKind::package_default};

crypto::SealKey row_key(const Bytes& kek) {
  return crypto::hmac_sha256(kek, as_bytes("farfield rows 1"));
}

/// A row is good in its own place alone.
Bytes context_of(Family family, ByteView key) {
  Bytes out{static_cast<std::uint8_t>(family)};
  append(out, key);
  return out;
}

Result<const Bytes*> find_kek(const key_vault::KeyVault& vault, std::string_view label) {
  const auto found = vault.keks().find(label);
  if (found == vault.keks().end()) return fail(key_vault::key_not_found, {{"label", label}});
  return &found->second;
}

Result<Bytes> sealed(const key_vault::KeyVault& vault, std::string_view label,
                     const ChangeView& change, Random& random) {
  const auto newest = vault.newest(label);
  FF_TRY(const auto* kek, find_kek(vault, newest.empty() ? label : newest));
  FF_ASSERT(newest.size() <= 255);
  crypto::SealNonce nonce{};
  random.fill(nonce);
  Bytes out{mark, form, static_cast<std::uint8_t>(newest.size())};
  append(out, as_bytes(newest));
  append(out,
         crypto::seal(row_key(*kek), nonce, context_of(change.family, change.key), change.value));
  return out;
}

/// A value in clear is as it was.
Result<Bytes> opened(const key_vault::KeyVault& vault, Family family, ByteView key,
                     ByteView value) {
  if (value.empty() || value[0] != mark) return to_owned(value);
  const auto broken = [&] {
    return fail(row_unsealable, {{"family", storage::to_string(family)}});
  };
  if (value.size() < head_size || value[1] != form) return broken();
  const std::size_t label_size = value[2];
  if (value.size() < head_size + label_size) return broken();
  const auto label = as_text(value.subspan(head_size, label_size));
  FF_TRY(const auto* kek, find_kek(vault, label));
  auto plain = crypto::open_sealed(row_key(*kek), context_of(family, key),
                                   value.subspan(head_size + label_size));
  if (!plain) return broken();
  return *std::move(plain);
}

/// Of one state of the store, sealed rows opened.
Result<std::optional<Bytes>> get_opened(const storage::Reader& from,
                                        const key_vault::KeyVault& vault, Family family,
                                        ByteView key) {
  FF_TRY(auto value, from.get(family, key));
  if (!value || !is_sealed(family, key)) return value;
  FF_TRY(auto plain, opened(vault, family, key, *value));
  return std::optional(std::move(plain));
}

Result<std::vector<std::optional<Bytes>>> multi_get_opened(const storage::Reader& from,
                                                           const key_vault::KeyVault& vault,
                                                           Family family,
                                                           std::span<const Bytes> keys) {
  FF_TRY(auto values, from.multi_get(family, keys));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i] || !is_sealed(family, keys[i])) continue;
    FF_TRY(auto plain, opened(vault, family, keys[i], *values[i]));
    values[i] = std::move(plain);
  }
  return values;
}

Result<std::size_t> scan_opened(const storage::Reader& from, const key_vault::KeyVault& vault,
                                const storage::Scan& scan, const storage::Visitor& visit) {
  Status status;
  FF_TRY(const auto count, from.scan(scan, [&](ByteView key, ByteView value) {
    if (value.empty() || value[0] != mark || !is_sealed(scan.family, key)) return visit(key, value);
    const auto plain = opened(vault, scan.family, key, value);
    if (!plain) status = fail(plain.error());
    return plain && visit(key, *plain);
  }));
  FF_CHECK(status);
  return count;
}

class OpenedSnapshot final : public storage::Reader {
 public:
  OpenedSnapshot(std::unique_ptr<storage::Reader> from, key_vault::LiveKeyVaultPtr vault)
      : from_(std::move(from)), vault_(std::move(vault)) {}

  Result<std::optional<Bytes>> get(Family family, ByteView key) const override {
    return get_opened(*from_, *vault_->current(), family, key);
  }
  Result<std::vector<std::optional<Bytes>>> multi_get(Family family,
                                                      std::span<const Bytes> keys) const override {
    return multi_get_opened(*from_, *vault_->current(), family, keys);
  }
  Result<std::size_t> scan(const storage::Scan& scan,
                           const storage::Visitor& visit) const override {
    return scan_opened(*from_, *vault_->current(), scan, visit);
  }

 private:
  std::unique_ptr<storage::Reader> from_;
  key_vault::LiveKeyVaultPtr vault_;
};

bool is_put_sealed(const ChangeView& change) {
  return change.change == storage::Change::put && is_sealed(change.family, change.key);
}

void add(const ChangeView& change, storage::WriteBatch& batch) {
  switch (change.change) {
    case storage::Change::put:
      return batch.put(change.family, change.key, change.value);
    case storage::Change::erase:
      return batch.erase(change.family, change.key);
    case storage::Change::erase_range:
      return batch.erase_range(change.family, change.key, change.value);
    case storage::Change::extend:
      FF_ASSERT(!is_sealed(change.family, change.key));
      return batch.extend(change.family, change.key, change.value);
  }
}

}  // namespace

bool is_sealed(Family family, ByteView key) {
  if (family == Family::join_nonce) return true;
  if (family != Family::entity || key.empty()) return false;
  return std::ranges::find(sealed_kinds, static_cast<EntityKind>(key[0])) != sealed_kinds.end();
}

SealedRows::SealedRows(std::unique_ptr<storage::Engine> engine, key_vault::LiveKeyVaultPtr vault,
                       std::string label, std::function<std::unique_ptr<Random>()> make_random)
    : engine_(std::move(engine)),
      vault_(std::move(vault)),
      label_(std::move(label)),
      make_random_(std::move(make_random)) {}

Result<std::optional<Bytes>> SealedRows::get(Family family, ByteView key) const {
  return get_opened(*engine_, *vault_->current(), family, key);
}

Result<std::vector<std::optional<Bytes>>> SealedRows::multi_get(Family family,
                                                                std::span<const Bytes> keys) const {
  return multi_get_opened(*engine_, *vault_->current(), family, keys);
}

Result<std::size_t> SealedRows::scan(const storage::Scan& scan,
                                     const storage::Visitor& visit) const {
  return scan_opened(*engine_, *vault_->current(), scan, visit);
}

Status SealedRows::write(const storage::WriteBatch& batch, storage::Durability durability) {
  const bool concerns = std::ranges::any_of(batch, is_put_sealed);
  if (!concerns) return engine_->write(batch, durability);
  const auto vault = vault_->current();
  const auto random = make_random_();
  storage::WriteBatch out;
  for (const auto& change : batch) {
    if (!is_put_sealed(change)) {
      add(change, out);
      continue;
    }
    FF_TRY(const auto value, sealed(*vault, label_, change, *random));
    out.put(change.family, change.key, value);
  }
  return engine_->write(out, durability);
}

std::unique_ptr<storage::Reader> SealedRows::snapshot() const {
  return std::make_unique<OpenedSnapshot>(engine_->snapshot(), vault_);
}

}  // namespace ff::app
