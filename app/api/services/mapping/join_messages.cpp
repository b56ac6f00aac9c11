#include "app/api/services/mapping/join_messages.hpp"

#include "protocol/join/cf_list.hpp"
#include "protocol/join/join_accept.hpp"

namespace ff::api {
namespace {

/// Frequencies are in steps of 100 Hz, as on air.
join::CfList cf_list_of(const pb::CFList& list) {
  if (list.type() == pb::CFListType::FREQUENCIES) {
    join::CfListFrequencies out;
    for (int i = 0; i < std::min(list.freq_size(), 5); ++i)
      out.frequencies[static_cast<std::size_t>(i)] =
          Frequency::hz(std::uint64_t{list.freq(i)} * join::frequency_step_hz_default);
    return out;
  }
  join::CfListChannelMasks out;
  for (int i = 0; i < std::min(list.ch_masks_size(), 112); ++i) {
    if (list.ch_masks(i))
      out.masks[static_cast<std::size_t>(i / 16)] |= static_cast<std::uint16_t>(1U << (i % 16));
  }
  return out;
}

Status put(const Aes128Key& key, const std::string& label, const key_vault::KeyVault& vault,
           pb::KeyEnvelope& out) {
  if (label.empty()) {
    put_key(key, out);
    return {};
  }
  FF_TRY(const auto envelope, vault.wrap(key, label));
  put_key(envelope, out);
  return {};
}

}  // namespace

Result<join_server::HandleJoin> join_of(const pb::JoinRequest& request) {
  join_server::HandleJoin out;
  out.join_request = bytes_of(request.raw_payload());
  FF_TRY(const auto frame, join::parse_join_request(out.join_request));
  out.join_eui = frame.request.join_eui;
  out.dev_eui = frame.request.dev_eui;
  out.dev_addr = dev_addr_of(request.dev_addr()).value_or(DevAddr{});
  out.mac_version = static_cast<MacVersion>(request.selected_mac_version());
  out.net_id = net_id_of(request.net_id()).value_or(NetId{});
  const auto& settings = request.downlink_settings();
  FF_TRY(out.dl_settings,
         join::encode_dl_settings(
             {.opt_neg = settings.opt_neg(),
              .rx1_dr_offset = DataRateOffset(static_cast<std::uint8_t>(settings.rx1_dr_offset())),
              .rx2_dr = DataRateIndex(static_cast<std::uint8_t>(settings.rx2_dr()))}));
  out.rx_delay = static_cast<std::uint8_t>(request.rx_delay());
  out.correlation_ids =
      std::vector<std::string>(request.correlation_ids().begin(), request.correlation_ids().end());
  if (request.has_cf_list()) {
    FF_TRY(out.cf_list, join::encode_cf_list(cf_list_of(request.cf_list())));
  }
  return out;
}

Status put_network_keys(const network_server::JoinAnswer& answer, const key_vault::KeyVault& vault,
                        pb::NwkSKeysResponse& out) {
  const auto& keys = answer.keys;
  const auto& label = answer.network_server_kek_label;
  FF_CHECK(put(keys.f_nwk_s_int_key, label, vault, *out.mutable_f_nwk_s_int_key()));
  FF_CHECK(put(keys.s_nwk_s_int_key, label, vault, *out.mutable_s_nwk_s_int_key()));
  return put(keys.nwk_s_enc_key, label, vault, *out.mutable_nwk_s_enc_key());
}

Result<pb::JoinResponse> to_proto(const network_server::JoinAnswer& answer,
                                  const key_vault::KeyVault& vault) {
  pb::JoinResponse out;
  out.set_raw_payload(text_of(answer.join_accept));
  pb::NwkSKeysResponse network;
  FF_CHECK(put_network_keys(answer, vault, network));
  auto& keys = *out.mutable_session_keys();
  keys.set_session_key_id(text_of(answer.keys.session_key_id));
  *keys.mutable_f_nwk_s_int_key() = network.f_nwk_s_int_key();
  // The join server answers devices of 1.0.x with one network key. [spec join-server §6]
  if (!(answer.keys.s_nwk_s_int_key == answer.keys.f_nwk_s_int_key)) {
    *keys.mutable_s_nwk_s_int_key() = network.s_nwk_s_int_key();
    *keys.mutable_nwk_s_enc_key() = network.nwk_s_enc_key();
  }
  put_key(answer.keys.app_s_key, *keys.mutable_app_s_key());
  return out;
}

}  // namespace ff::api
