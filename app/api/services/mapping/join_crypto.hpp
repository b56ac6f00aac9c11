// What the crypto services do with a device's root keys: pure functions from request to answer.
#pragma once

#include "actors/join_server/device.hpp"
#include "protocol/join/root_keys.hpp"
#include "protocol/key_vault/key_vault.hpp"
#include "ttn/lorawan/v3/joinserver.pb.h"

namespace ff::api {

namespace pb = ttn::lorawan::v3;

inline constexpr ErrorDef crypto_no_app_key{"pkg/crypto/cryptoservices", "no_app_key",
                                            Code::data_loss, "no AppKey specified"};
inline constexpr ErrorDef crypto_no_dev_eui{"pkg/crypto/cryptoservices", "no_dev_eui",
                                            Code::data_loss, "no DevEUI specified"};
inline constexpr ErrorDef crypto_no_join_eui{"pkg/crypto/cryptoservices", "no_join_eui",
                                             Code::data_loss, "no JoinEUI specified"};
inline constexpr ErrorDef crypto_no_nwk_key{"pkg/crypto/cryptoservices", "no_nwk_key",
                                            Code::data_loss, "no NwkKey specified"};

/// Unwrapped. Errors: of KeyVault::unwrap.
Result<join::RootKeys> root_keys_of(const join_server::JoinDevice& device,
                                    const key_vault::KeyVault& vault);

// Errors: crypto_no_app_key, crypto_no_nwk_key, join::mac_version; sizes that do not fit, of
// pkg/crypto.

/// 4 bytes over the frame without its MIC.
Result<pb::CryptoServicePayloadResponse> join_request_mic(
    const pb::CryptoServicePayloadRequest& request, const join::RootKeys& keys);
Result<pb::CryptoServicePayloadResponse> join_accept_mic(const pb::JoinAcceptMICRequest& request,
                                                         const join::RootKeys& keys);
/// The fields with their MIC, without MHDR.
Result<pb::CryptoServicePayloadResponse> encrypt_join_accept(
    const pb::CryptoServicePayloadRequest& request, const join::RootKeys& keys);
Result<pb::CryptoServicePayloadResponse> encrypt_rejoin_accept(
    const pb::CryptoServicePayloadRequest& request, const join::RootKeys& keys);
Result<pb::NwkSKeysResponse> derive_nwk_s_keys(const pb::DeriveSessionKeysRequest& request,
                                               const join::RootKeys& keys);
Result<pb::AppSKeyResponse> derive_app_s_key(const pb::DeriveSessionKeysRequest& request,
                                             const join::RootKeys& keys);
Result<pb::KeyEnvelope> nwk_key(const join::RootKeys& keys);
Result<pb::KeyEnvelope> app_key(const join::RootKeys& keys);

}  // namespace ff::api
