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

Result<join::RootKeys> root_keys(const JoinDevice& device, const key_vault::KeyVault& vault) {
  join::RootKeys keys{.root_key_id = device.root_key_id, .app_key = {}, .nwk_key = {}};
  FF_TRY(keys.app_key, unwrap(device.app_key, vault));
  FF_TRY(keys.nwk_key, unwrap(device.nwk_key, vault));
  return keys;
}

/// A join-accept without OptNeg makes a 1.1 device use LoRaWAN 1.0.x. [TS001-1.1 §6.2.3]
bool is_1_1(const HandleJoin& request) {
  return at_least(request.mac_version, MacVersion::v1_1) &&
         join::decode_dl_settings(request.dl_settings).opt_neg;
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

Result<Bytes> encode_accept(const HandleJoin& request, JoinNonce join_nonce) {
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
  return encoded;
}

/// Steps 9 to 12, and the fields of the join-accept.
Result<JoinTask> begin_join(const JoinDevice& device, const HandleJoin& request,
                            const Config& config, const JoinInputs& inputs) {
  // Not device_not_found, with which the network server would ask other networks.
  // [spec network-server §6 step 6]
  if (request.device && *request.device != device.ids.uid) return fail(duplicate_identifiers);
  FF_TRY(const auto* settings, activation::find(inputs.activations, device.ids.uid.application_id));
  FF_TRY(const auto asked, parse(request.join_request));
  if (request.external) FF_CHECK(authorize(device, settings, *request.external, request.net_id));
  const bool of_1_1 = at_least(request.mac_version, MacVersion::v1_1);
  JoinTask out;
  out.dev_eui = asked.dev_eui;
  out.join_eui = request.join_eui;
  out.net_id = request.net_id;
  out.version = of_1_1 && !is_1_1(request) ? MacVersion::v1_0_4 : request.mac_version;
  out.fallback = of_1_1 && !is_1_1(request);
  out.type = asked.type;
  std::visit(
      [&](const auto& view) {
        out.signed_part = to_owned(view.signed_part);
        out.mic = view.mic;
      },
      asked.frame);
  out.nonce = asked.nonce;
  FF_TRY(out.nonces, next_nonces(device, asked, request, config));
  FF_TRY(out.accept, encode_accept(request, out.nonces.last_join_nonce));
  return out;
}

const key_vault::KeyVault& vault_of(const JoinInputs& inputs) {
  static const key_vault::KeyVault empty;
  return inputs.vault ? *inputs.vault : empty;
}

/// Of a device of 1.1 one root key may be ours and the other a crypto server's.
Result<OwnKeys> own_keys(const JoinDevice& device, const HandleJoin& request, const JoinTask& task,
                         const key_vault::KeyVault& vault) {
  FF_TRY(const auto keys, root_keys(device, vault));
  if (at_least(request.mac_version, MacVersion::v1_1))
    return OwnKeys{keys.nwk_key, task.fallback ? keys.nwk_key : keys.app_key};
  const auto selected = join::select_root_keys(keys, request.mac_version);
  if (!selected) return OwnKeys{};
  return OwnKeys{selected->network, selected->application};
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
  FF_TRY(const auto task, begin_join(device, request, config, inputs));
  FF_TRY(const auto keys, root_keys(device, vault_of(inputs)));
  FF_TRY(const auto selected, join::select_root_keys(keys, request.mac_version));
  FF_CHECK(check_mic(task, selected.network));
  JoinSecrets secrets;
  FF_TRY(secrets.join_accept, seal_accept(task, selected.network));
  secrets.network = network_keys_of(task, selected.network);
  secrets.app_s_key = app_s_key_of(task, task.fallback ? selected.network : selected.application);
  return finish_join(device, request, {config, inputs}, task, secrets);
}

Result<std::optional<RemoteJoin>> begin_remote_join(const JoinDevice& device,
                                                    const HandleJoin& request, const Config& config,
                                                    const JoinInputs& inputs) {
  if (!config.crypto_server || device.provisioner_id.empty()) return std::optional<RemoteJoin>();
  FF_TRY(auto task, begin_join(device, request, config, inputs));
  FF_TRY(const auto own, own_keys(device, request, task, vault_of(inputs)));
  if (own.network && own.application) return std::optional<RemoteJoin>();
  RemoteJoin out(std::move(task), device, own, inputs.vault);
  FF_CHECK(out.begin());
  return std::optional(std::move(out));
}

Result<Joined> finish_join(const JoinDevice& device, const HandleJoin& request,
                           const JoinSurroundings& with, const JoinTask& task,
                           const JoinSecrets& secrets) {
  const auto& vault = vault_of(with.inputs);
  FF_TRY(const auto* settings,
         activation::find(with.inputs.activations, device.ids.uid.application_id));
  FF_TRY(auto app_s_key, wrap_app_s_key(secrets.app_s_key, device, settings, vault));
  FF_TRY(auto network_label, network_server_label(device, vault));
  network_server::SessionKeys session_keys{.session_key_id = with.inputs.session_key_id,
                                           .f_nwk_s_int_key = secrets.network.f_nwk_s_int_key,
                                           .s_nwk_s_int_key = secrets.network.s_nwk_s_int_key,
                                           .nwk_s_enc_key = secrets.network.nwk_s_enc_key,
                                           .app_s_key = std::move(app_s_key)};
  auto next = with_session(device, {session_keys, request.dev_addr, with.inputs.now},
                           with.config.session_key_limit);
  next.nonces = task.nonces;
  return Joined{std::move(next),
                {secrets.join_accept, std::move(session_keys), std::move(network_label)}};
}

}  // namespace ff::join_server
