#include "actors/join_server/join.hpp"

#include <algorithm>
#include <variant>

#include "protocol/crypto/key_wrap.hpp"
#include "protocol/join/join_accept.hpp"
#include "protocol/join/root_keys.hpp"
#include "protocol/join/session_keys.hpp"

namespace ff::join_server {
namespace {

Result<ByteView> kek_of(const std::string& label, const Config& config) {
  const auto found = config.keks.find(label);
  if (found == config.keks.end()) return fail(kek);
  return ByteView(found->second);
}

Result<std::optional<Aes128Key>> unwrap(const KeyEnvelope& envelope, const Config& config) {
  if (envelope.key || envelope.encrypted_key.empty()) return envelope.key;
  FF_TRY(const auto kek_bytes, kek_of(envelope.kek_label, config));
  auto key = crypto::unwrap_aes128_key(envelope.encrypted_key, kek_bytes);
  if (!key) return fail(Error(unwrap_key).caused_by(key.error()));
  return std::optional(*key);
}

/// Plain for a device without a label of its own. [spec join-server §7]
Result<KeyEnvelope> wrap(const Aes128Key& key, const std::string& label, const Config& config) {
  if (label.empty()) return KeyEnvelope{.key = key, .kek_label = {}, .encrypted_key = {}};
  FF_TRY(const auto kek_bytes, kek_of(label, config));
  auto wrapped = crypto::wrap_key(key.bytes(), kek_bytes);
  if (!wrapped) return fail(Error(wrap_key, {{"label", label}}).caused_by(wrapped.error()));
  return KeyEnvelope{.key = std::nullopt, .kek_label = label, .encrypted_key = *std::move(wrapped)};
}

Result<join::SelectedRootKeys> select_keys(const JoinDevice& device, MacVersion version,
                                           const Config& config) {
  join::RootKeys keys{.root_key_id = device.root_key_id, .app_key = {}, .nwk_key = {}};
  FF_TRY(keys.app_key, unwrap(device.app_key, config));
  FF_TRY(keys.nwk_key, unwrap(device.nwk_key, config));
  return join::select_root_keys(keys, version);
}

/// A join-accept without OptNeg makes a 1.1 device use LoRaWAN 1.0.x. [TS001-1.1 §6.2.3]
bool is_1_1(const HandleJoin& request) {
  return at_least(request.mac_version, MacVersion::v1_1) &&
         join::decode_dl_settings(request.dl_settings).opt_neg;
}

join::SessionKeys derive(const join::SelectedRootKeys& keys, const join::JoinContext& context,
                         const HandleJoin& request) {
  if (is_1_1(request))
    return join::derive_session_keys_1_1(keys.network, keys.application, context);
  // In a 1.1 device that falls back, NwkKey makes the AppSKey too. [TS001-1.1 §6.1.1.3]
  const bool fallback = at_least(request.mac_version, MacVersion::v1_1);
  return join::derive_session_keys_1_0(keys.network, fallback ? keys.network : keys.application,
                                       context);
}

/// What a join- or rejoin-request says.
struct Asked {
  std::variant<phy::JoinRequestView, phy::RejoinRequestView> frame;
  DevEui dev_eui;
  std::optional<JoinEui> join_eui;  // rejoins of types 0 and 2 do not name it
  phy::JoinReqType type = phy::JoinReqType::join_request;
  DevNonce nonce;  // of a rejoin its RJcount
};

Result<Asked> parse(ByteView frame) {
  const bool rejoin =
      !frame.empty() && phy::decode_mhdr(frame[0]).m_type == phy::MType::rejoin_request;
  if (!rejoin) {
    FF_TRY(const auto view, join::parse_join_request(frame));
    return Asked{view, view.request.dev_eui, view.request.join_eui, phy::JoinReqType::join_request,
                 view.request.dev_nonce};
  }
  FF_TRY(const auto view, join::parse_rejoin_request(frame));
  const bool full = view.request.type == phy::RejoinType::full_context;
  return Asked{view, view.request.dev_eui,
               full ? std::optional(view.request.join_eui) : std::nullopt,
               join::join_req_type(view.request.type), DevNonce{view.request.rejoin_count}};
}

Result<join::DevNonceHistory> next_nonces(const JoinDevice& device, const Asked& asked,
                                          const HandleJoin& request, const Config& config) {
  if (const auto* rejoin = std::get_if<phy::RejoinRequestView>(&asked.frame))
    return join::next_nonces(device.nonces, rejoin->request);
  return join::next_nonces(device.nonces, asked.nonce,
                           {.mac_version = request.mac_version,
                            .resets_join_nonces = device.resets_join_nonces,
                            .dev_nonce_limit = config.dev_nonce_limit});
}

/// Rejoin-requests of types 0 and 2 are signed with a session's key: the network server has checked
/// them. [TS001-1.1 §6.2.4.2]
Status check_mic(const Asked& asked, const Aes128Key& root_key) {
  if (const auto* join = std::get_if<phy::JoinRequestView>(&asked.frame))
    return join::check_join_request_mic(*join, root_key);
  if (asked.type != phy::JoinReqType::rejoin_full_context) return {};
  return join::check_rejoin_request_mic(std::get<phy::RejoinRequestView>(asked.frame),
                                        join::derive_js_int_key(root_key, asked.dev_eui));
}

Result<Bytes> make_join_accept(const HandleJoin& request, const Aes128Key& root_key,
                               const Asked& asked, JoinNonce join_nonce) {
  auto settings = join::decode_dl_settings(request.dl_settings);
  settings.opt_neg = is_1_1(request);
  if (!request.cf_list.empty() && request.cf_list.size() != join::cf_list_size)
    return fail(encode_payload);
  auto encoded = join::encode_join_accept({.join_nonce = join_nonce,
                                           .net_id = request.net_id,
                                           .dev_addr = request.dev_addr,
                                           .dl_settings = settings,
                                           .rx_delay = request.rx_delay,
                                           .cf_list = {}});
  if (!encoded) return fail(Error(encode_payload).caused_by(encoded.error()));
  append(*encoded, request.cf_list);
  return join::seal_join_accept(
      *encoded, join::join_accept_keys(root_key, asked.dev_eui),
      {.request_type = asked.type, .join_eui = request.join_eui, .dev_nonce = asked.nonce});
}

JoinDevice with_session(JoinDevice device, JoinSession session, std::size_t limit) {
  auto& sessions = device.sessions;
  device.ids.dev_addr = session.dev_addr;
  device.updated_at = session.started_at;
  sessions.push_back(std::move(session));
  limit = std::max<std::size_t>(limit, 1);
  if (sessions.size() > limit) {
    sessions.erase(sessions.begin(), sessions.end() - static_cast<std::ptrdiff_t>(limit));
  }
  return device;
}

}  // namespace

JoinDevice with_counter_jump(JoinDevice device, std::uint64_t jump) {
  if (device.counter_jump >= jump) return device;
  auto& last = device.nonces.last_join_nonce;
  const auto ahead = last.value() + (jump - device.counter_jump);
  last =
      JoinNonce{static_cast<std::uint32_t>(std::min<std::uint64_t>(ahead, join::join_nonce_max))};
  device.counter_jump = jump;
  return device;
}

Status check_join_request(const HandleJoin& request, const Config& config) {
  if (!at_least(request.mac_version, MacVersion::v1_0)) {
    return fail(join::mac_version, {{"version", static_cast<int>(request.mac_version)}});
  }
  FF_TRY(const auto asked, parse(request.join_request));
  // The caller routes by EUIs it took from the same frame.
  if (asked.join_eui.value_or(request.join_eui) != request.join_eui ||
      asked.dev_eui != request.dev_eui) {
    return fail(join::decode_payload);
  }
  // Only 1.1 has rejoins, and their join-accepts are signed as 1.1 has it.
  if (asked.type != phy::JoinReqType::join_request && !is_1_1(request))
    return fail(join::payload_type, {{"type", phy::to_string(phy::MType::rejoin_request)}});
  const bool served =
      std::any_of(config.join_eui_prefixes.begin(), config.join_eui_prefixes.end(),
                  [&](const auto& prefix) { return prefix.contains(request.join_eui); });
  if (!served) return fail(unknown_join_eui);
  return {};
}

Result<Joined> join_device(const JoinDevice& device, const HandleJoin& request,
                           const Config& config, const JoinInputs& inputs) {
  FF_TRY(const auto asked, parse(request.join_request));
  FF_TRY(auto nonces, next_nonces(device, asked, request, config));
  FF_TRY(const auto keys, select_keys(device, request.mac_version, config));
  FF_CHECK(check_mic(asked, keys.network));
  FF_TRY(auto join_accept, make_join_accept(request, keys.network, asked, nonces.last_join_nonce));
  const auto derived = derive(keys,
                              {.join_nonce = nonces.last_join_nonce,
                               .dev_nonce = asked.nonce,
                               .net_id = request.net_id,
                               .join_eui = request.join_eui},
                              request);
  FF_TRY(auto app_s_key, wrap(derived.app_s_key, device.application_server_kek_label, config));
  network_server::SessionKeys session_keys{.session_key_id = inputs.session_key_id,
                                           .f_nwk_s_int_key = derived.network.f_nwk_s_int_key,
                                           .s_nwk_s_int_key = derived.network.s_nwk_s_int_key,
                                           .nwk_s_enc_key = derived.network.nwk_s_enc_key,
                                           .app_s_key = std::move(app_s_key)};
  auto next =
      with_session(device, {session_keys, request.dev_addr, inputs.now}, config.session_key_limit);
  next.nonces = std::move(nonces);
  return Joined{std::move(next), {std::move(join_accept), std::move(session_keys)}};
}

}  // namespace ff::join_server
