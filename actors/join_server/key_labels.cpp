#include "actors/join_server/key_labels.hpp"

#include "actors/join_server/errors.hpp"
#include "protocol/crypto/key_wrap.hpp"

namespace ff::join_server {
namespace {

KeyEnvelope in_clear(const Aes128Key& key) {
  return {.key = key, .kek_label = {}, .encrypted_key = {}};
}

Result<KeyEnvelope> wrap_in_vault(const Aes128Key& key, const std::string& label,
                                  const key_vault::KeyVault& vault) {
  auto wrapped = vault.wrap(key, label);
  if (wrapped) return *std::move(wrapped);
  if (wrapped.error().is(key_vault::key_not_found)) return fail(kek);
  return fail(Error(wrap_key, {{"label", label}}).caused_by(wrapped.error()));
}

Result<KeyEnvelope> wrap_by_settings(const Aes128Key& key, const activation::Settings& settings,
                                     const key_vault::KeyVault& vault) {
  if (settings.kek_label.empty()) return in_clear(key);
  if (is_empty(settings.kek)) return fail(kek);
  const auto own = vault.unwrap(settings.kek);
  if (!own) return fail(Error(unwrap_key).caused_by(own.error()));
  auto wrapped = crypto::wrap_key(key.bytes(), own->bytes());
  if (!wrapped)
    return fail(Error(wrap_key, {{"label", settings.kek_label}}).caused_by(wrapped.error()));
  return KeyEnvelope{
      .key = std::nullopt, .kek_label = settings.kek_label, .encrypted_key = *std::move(wrapped)};
}

}  // namespace

Result<std::string> network_server_label(const JoinDevice& device,
                                         const key_vault::KeyVault& vault) {
  const auto& own = device.network_server_kek_label;
  if (!own.empty()) {
    if (!vault.contains(own)) return fail(kek);
    return own;
  }
  auto label = key_vault::component_label("ns", device.net_id ? to_string(*device.net_id) : "",
                                          device.network_server_address);
  return vault.contains(label) ? label : std::string();
}

Result<KeyEnvelope> wrap_app_s_key(const Aes128Key& key, const JoinDevice& device,
                                   const activation::Settings* maybe_settings,
                                   const key_vault::KeyVault& vault) {
  const auto& own = device.application_server_kek_label;
  if (!own.empty()) return wrap_in_vault(key, own, vault);
  if (maybe_settings != nullptr) return wrap_by_settings(key, *maybe_settings, vault);
  const auto label = key_vault::component_label("as", {}, device.application_server_address);
  return vault.contains(label) ? wrap_in_vault(key, label, vault) : in_clear(key);
}

}  // namespace ff::join_server
