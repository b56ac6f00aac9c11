#include "actors/application_server/pipeline/crypto.hpp"

#include "actors/application_server/pipeline/errors.hpp"
#include "protocol/phy/frame_crypto.hpp"

namespace ff::application_server {
namespace {

constexpr std::size_t frm_payload_max = 255;

}  // namespace

Result<Aes128Key> usable_key(const AppSession& session, const UnwrapKey& unwrap) {
  if (!session.app_s_key) return fail(no_app_s_key);
  if (session.app_s_key->key) return *session.app_s_key->key;
  if (!unwrap) return fail(no_app_s_key);
  auto key = unwrap(*session.app_s_key);
  if (!key) return fail(Error(app_s_key).caused_by(key.error()));
  return key;
}

bool wants_no_crypto(const AppDevice* maybe_device, const ApplicationId& application_id,
                     const LinkSettingsTable& links) {
  if (maybe_device != nullptr && maybe_device->skip_payload_crypto_override)
    return *maybe_device->skip_payload_crypto_override;
  const auto link = links.find(application_id);
  return link && link->settings.skip_payload_crypto.value_or(false);
}

bool skips_crypto(const AppDevice& device, const AppSession& session, const PayloadCrypto& crypto) {
  // Nearly always.
  if (session.app_s_key && session.app_s_key->key) return false;
  if (!wants_no_crypto(&device, device.ids.uid.application_id, crypto.links)) return false;
  return !usable_key(session, crypto.unwrap);
}

void decrypt(ApplicationUplink& uplink, const Aes128Key& key, DevAddr dev_addr) {
  if (uplink.frm_payload.empty() || uplink.frm_payload.size() > frm_payload_max) return;
  phy::crypt_frm_payload(key, {phy::Direction::up, dev_addr, uplink.f_cnt}, uplink.frm_payload);
}

void crypt(ApplicationDownlink& downlink, const Aes128Key& key, DevAddr dev_addr) {
  if (downlink.frm_payload.empty() || downlink.frm_payload.size() > frm_payload_max) return;
  phy::crypt_frm_payload(key, {phy::Direction::down, dev_addr, downlink.f_cnt},
                         downlink.frm_payload);
}

Status decrypt(ApplicationDownlink& downlink, const AppDevice& device,
               const std::optional<AppSession>& third, const PayloadCrypto& payload_crypto) {
  for (const auto* session : {&device.session, &device.pending_session, &third}) {
    if (!*session || (*session)->session_key_id != downlink.session_key_id) continue;
    if (skips_crypto(device, **session, payload_crypto)) return {};
    FF_TRY(const auto key, usable_key(**session, payload_crypto.unwrap));
    crypt(downlink, key, (*session)->dev_addr);
    return {};
  }
  return fail(unknown_session);
}

}  // namespace ff::application_server
