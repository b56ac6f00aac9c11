#include "actors/join_server/join.hpp"

#include <algorithm>
#include <variant>

#include "actors/join_server/authorization.hpp"
#include "actors/join_server/key_labels.hpp"
#include "protocol/join/join_accept.hpp"
#include "protocol/join/root_keys.hpp"
#include "protocol/join/session_keys.hpp"

namespace ff::join_server {
namespace {

Result<std::optional<Aes128Key>> unwrap(const KeyEnvelope& envelope,
                                        const key_vault::KeyVault& vault) {
  if (is_empty(envelope)) return std::optional<Aes128Key>();
  auto key = vault.unwrap(envelope);
  if (key) return std::optional(*key);
  if (key.error().is(key_vault::key_not_found)) return fail(kek);
  return fail(Error(unwrap_key).caused_by(key.error()));
}

Result<join::SelectedRootKeys> select_keys(const JoinDevice& device, MacVersion version,
                                           const key_vault::KeyVault& vault) {
  join::RootKeys keys{.root_key_id = device.root_key_id, .app_key = {}, .nwk_key = {}};
  FF_TRY(keys.app_key, unwrap(device.app_key, vault));
  FF_TRY(keys.nwk_key, unwrap(device.nwk_key, vault));
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
  static const key_vault::KeyVault empty;
  const auto& vault = inputs.vault ? *inputs.vault : empty;
  const auto* settings = activation::find(inputs.activations, device.ids.uid.application_id);
  FF_TRY(const auto asked, parse(request.join_request));
  if (request.external) FF_CHECK(authorize(device, settings, *request.external, request.net_id));
  FF_TRY(auto nonces, next_nonces(device, asked, request, config));
  FF_TRY(const auto keys, select_keys(device, request.mac_version, vault));
  FF_CHECK(check_mic(asked, keys.network));
  FF_TRY(auto join_accept, make_join_accept(request, keys.network, asked, nonces.last_join_nonce));
  const auto derived = derive(keys,
                              {.join_nonce = nonces.last_join_nonce,
                               .dev_nonce = asked.nonce,
                               .net_id = request.net_id,
                               .join_eui = request.join_eui},
                              request);
  FF_TRY(auto app_s_key, wrap_app_s_key(derived.app_s_key, device, settings, vault));
  FF_TRY(auto network_label, network_server_label(device, vault));
  network_server::SessionKeys session_keys{.session_key_id = inputs.session_key_id,
                                           .f_nwk_s_int_key = derived.network.f_nwk_s_int_key,
                                           .s_nwk_s_int_key = derived.network.s_nwk_s_int_key,
                                           .nwk_s_enc_key = derived.network.nwk_s_enc_key,
                                           .app_s_key = std::move(app_s_key)};
  auto next =
      with_session(device, {session_keys, request.dev_addr, inputs.now}, config.session_key_limit);
  next.nonces = std::move(nonces);
  return Joined{std::move(next),
                {std::move(join_accept), std::move(session_keys), std::move(network_label)}};
}

}  // namespace ff::join_server
