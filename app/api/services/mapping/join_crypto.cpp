#include "app/api/services/mapping/join_crypto.hpp"

#include "app/api/services/mapping/values.hpp"
#include "protocol/crypto/cmac.hpp"
#include "protocol/join/session_keys.hpp"
#include "protocol/phy/join_accept_crypto.hpp"

namespace ff::api {
namespace {

constexpr std::size_t mic_size = 4;
constexpr std::size_t join_request_size = 19;
constexpr std::size_t rejoin_request_size = 20;
constexpr ErrorDef join_request_payload_size{"pkg/crypto", "join_request_payload_size",
                                             Code::invalid_argument,
                                             "join-request payload has invalid length `{size}`"};

MacVersion version_of(pb::MACVersion version) {
  return static_cast<MacVersion>(version);
}

/// Names of errors are the crypto services' own.
Result<join::SelectedRootKeys> select(const join::RootKeys& keys, pb::MACVersion version) {
  auto selected = join::select_root_keys(keys, version_of(version));
  if (selected) return *std::move(selected);
  if (selected.error().is(join::no_app_key)) return fail(crypto_no_app_key);
  if (selected.error().is(join::no_nwk_key)) return fail(crypto_no_nwk_key);
  return fail(selected.error());
}

/// In 1.1 each service needs one root key, and the other one may be held elsewhere.
Result<Aes128Key> network_key(join::RootKeys keys, pb::MACVersion version) {
  const bool is_1_1 = at_least(version_of(version), MacVersion::v1_1);
  if (is_1_1 && keys.nwk_key) keys.app_key = keys.nwk_key;
  FF_TRY(const auto selected, select(keys, version));
  return selected.network;
}
Result<Aes128Key> application_key(join::RootKeys keys, pb::MACVersion version) {
  const bool is_1_1 = at_least(version_of(version), MacVersion::v1_1);
  if (is_1_1 && keys.app_key) keys.nwk_key = keys.app_key;
  FF_TRY(const auto selected, select(keys, version));
  return selected.application;
}

pb::CryptoServicePayloadResponse payload_of(ByteView bytes) {
  pb::CryptoServicePayloadResponse out;
  out.set_payload(text_of(bytes));
  return out;
}

Bytes bytes_of(phy::Mic mic) {
  Bytes out;
  append_le<mic_size>(out, mic.value());
  return out;
}

DevEui device_of(const pb::EndDeviceIdentifiers& ids) {
  return dev_eui_of(ids.dev_eui()).value_or(DevEui{});
}

/// Big endian, as all numbers in fields of the API.
template <std::size_t N>
std::uint32_t number_of(const std::string& field) {
  if (field.size() != N) return 0;
  return static_cast<std::uint32_t>(read_be<N>(as_bytes(field)));
}

/// What `root_key` makes; the keys of the other service do not count.
join::SessionKeys derive(const pb::DeriveSessionKeysRequest& request, const Aes128Key& root_key) {
  const join::JoinContext context{
      .join_nonce = JoinNonce{number_of<3>(request.join_nonce())},
      .dev_nonce = DevNonce{static_cast<std::uint16_t>(number_of<2>(request.dev_nonce()))},
      .net_id = net_id_of(request.net_id()).value_or(NetId{}),
      .join_eui = join_eui_of(request.ids().join_eui()).value_or(JoinEui{})};
  if (at_least(version_of(request.lorawan_version()), MacVersion::v1_1))
    return join::derive_session_keys_1_1(root_key, root_key, context);
  return join::derive_session_keys_1_0(root_key, root_key, context);
}

Result<pb::KeyEnvelope> envelope_of(const std::optional<Aes128Key>& key, const ErrorDef& missing) {
  if (!key) return fail(missing);
  pb::KeyEnvelope out;
  put_key(*key, out);
  return out;
}

}  // namespace

Result<join::RootKeys> root_keys_of(const join_server::JoinDevice& device,
                                    const key_vault::KeyVault& vault) {
  join::RootKeys out{.root_key_id = device.root_key_id, .app_key = {}, .nwk_key = {}};
  if (!join_server::is_empty(device.app_key)) {
    FF_TRY(out.app_key, vault.unwrap(device.app_key));
  }
  if (!join_server::is_empty(device.nwk_key)) {
    FF_TRY(out.nwk_key, vault.unwrap(device.nwk_key));
  }
  return out;
}

Result<pb::CryptoServicePayloadResponse> join_request_mic(
    const pb::CryptoServicePayloadRequest& request, const join::RootKeys& keys) {
  const auto payload = as_bytes(request.payload());
  const bool is_1_1 = at_least(version_of(request.lorawan_version()), MacVersion::v1_1);
  // The reference has no rejoins: of type 1, which the root key signs too, it knows no size.
  const bool rejoin = is_1_1 && payload.size() == rejoin_request_size;
  if (payload.size() != join_request_size && !rejoin)
    return fail(join_request_payload_size, {{"size", payload.size()}});
  FF_TRY(const auto root_key, network_key(keys, request.lorawan_version()));
  const auto key = rejoin ? join::derive_js_int_key(root_key, device_of(request.ids())) : root_key;
  const auto mac = crypto::CmacKey(key).mac(payload);
  return payload_of(ByteView(mac).first(mic_size));
}

Result<pb::CryptoServicePayloadResponse> join_accept_mic(const pb::JoinAcceptMICRequest& request,
                                                         const join::RootKeys& keys) {
  const auto& inner = request.payload_request();
  const auto payload = as_bytes(inner.payload());
  FF_TRY(const auto root_key, network_key(keys, inner.lorawan_version()));
  if (!at_least(version_of(inner.lorawan_version()), MacVersion::v1_1)) {
    FF_TRY(const auto mic, phy::join_accept_mic_1_0(root_key, payload));
    return payload_of(bytes_of(mic));
  }
  const phy::JoinAcceptContext context{
      .request_type = static_cast<phy::JoinReqType>(request.join_request_type()),
      .join_eui = join_eui_of(inner.ids().join_eui()).value_or(JoinEui{}),
      .dev_nonce = DevNonce{static_cast<std::uint16_t>(number_of<2>(request.dev_nonce()))}};
  FF_TRY(const auto mic,
         phy::join_accept_mic_1_1(join::derive_js_int_key(root_key, device_of(inner.ids())),
                                  context, payload));
  return payload_of(bytes_of(mic));
}

Result<pb::CryptoServicePayloadResponse> encrypt_join_accept(
    const pb::CryptoServicePayloadRequest& request, const join::RootKeys& keys) {
  FF_TRY(const auto root_key, network_key(keys, request.lorawan_version()));
  FF_TRY(const auto sealed, phy::encrypt_join_accept(root_key, as_bytes(request.payload())));
  return payload_of(sealed);
}

Result<pb::CryptoServicePayloadResponse> encrypt_rejoin_accept(
    const pb::CryptoServicePayloadRequest& request, const join::RootKeys& keys) {
  if (!at_least(version_of(request.lorawan_version()), MacVersion::v1_1)) {
    return fail(join::mac_version, {{"version", static_cast<int>(request.lorawan_version())}});
  }
  FF_TRY(const auto root_key, network_key(keys, request.lorawan_version()));
  const auto key = join::derive_js_enc_key(root_key, device_of(request.ids()));
  FF_TRY(const auto sealed, phy::encrypt_join_accept(key, as_bytes(request.payload())));
  return payload_of(sealed);
}

Result<pb::NwkSKeysResponse> derive_nwk_s_keys(const pb::DeriveSessionKeysRequest& request,
                                               const join::RootKeys& keys) {
  FF_TRY(const auto root_key, network_key(keys, request.lorawan_version()));
  const auto derived = derive(request, root_key);
  pb::NwkSKeysResponse out;
  put_key(derived.network.f_nwk_s_int_key, *out.mutable_f_nwk_s_int_key());
  put_key(derived.network.s_nwk_s_int_key, *out.mutable_s_nwk_s_int_key());
  put_key(derived.network.nwk_s_enc_key, *out.mutable_nwk_s_enc_key());
  return out;
}

Result<pb::AppSKeyResponse> derive_app_s_key(const pb::DeriveSessionKeysRequest& request,
                                             const join::RootKeys& keys) {
  FF_TRY(const auto root_key, application_key(keys, request.lorawan_version()));
  const auto derived = derive(request, root_key);
  pb::AppSKeyResponse out;
  put_key(derived.app_s_key, *out.mutable_app_s_key());
  return out;
}

Result<pb::KeyEnvelope> nwk_key(const join::RootKeys& keys) {
  return envelope_of(keys.nwk_key, crypto_no_nwk_key);
}
Result<pb::KeyEnvelope> app_key(const join::RootKeys& keys) {
  return envelope_of(keys.app_key, crypto_no_app_key);
}

}  // namespace ff::api
