// Payload crypto of the application server: which key, whether at all, and FRMPayload in both
// directions. Pure.
#pragma once

#include "actors/application_server/link_settings/table.hpp"
#include "actors/application_server/pipeline/config.hpp"
#include "actors/application_server/pipeline/device.hpp"
#include "protocol/base/result.hpp"

namespace ff::application_server {

/// The session's key in clear. Errors: no_app_s_key; app_s_key with its cause when it is wrapped
/// and can not be unwrapped.
Result<Aes128Key> usable_key(const AppSession& session, const UnwrapKey& unwrap);

/// What decides about a session's payloads, beside the session. Outlived by what it refers to.
struct PayloadCrypto {
  const UnwrapKey& unwrap;
  const LinkSettingsTable& links;
};

/// What the device says, or else its application: whether payloads whose key we can not use stay
/// encrypted. `maybe_device`: null if there is none.
bool wants_no_crypto(const AppDevice* maybe_device, const ApplicationId& application_id,
                     const LinkSettingsTable& links);

/// Whether payloads of this session stay encrypted: only if its key is not usable and the device or
/// its application says so. [spec application-server §9]
bool skips_crypto(const AppDevice& device, const AppSession& session, const PayloadCrypto& crypto);

/// In place, with the full counter; `uplink.f_cnt` is 32 bits wide.
void decrypt(ApplicationUplink& uplink, const Aes128Key& key, DevAddr dev_addr);
/// Encrypting and decrypting are the same operation.
void crypt(ApplicationDownlink& downlink, const Aes128Key& key, DevAddr dev_addr);

/// Decrypts with the session of `device` (current or pending, or `third`) that
/// `downlink.session_key_id` names. Errors: unknown_session, those of usable_key.
Status decrypt(ApplicationDownlink& downlink, const AppDevice& device,
               const std::optional<AppSession>& third, const PayloadCrypto& crypto);

}  // namespace ff::application_server
