#include "app/api/services/mapping/join_accept.hpp"

#include <algorithm>

#include "app/api/services/mapping/network_keys.hpp"
#include "app/api/services/mapping/values.hpp"

namespace ff::api {
namespace {

// ON-WIRE: a CFList is 15 octets of frequencies or masks, and its type. [TS001-1.0.4 §6.2.6]
constexpr int list_octets = 15;
constexpr int list_frequencies = 5;
constexpr std::size_t list_size = 16;

/// Up to the last that is given; of masks whole octets.
void put_cf_list(ByteView octets, pb::CFList& out) {
  if (octets[list_octets] == 0) {
    for (std::size_t i = 0; i < list_frequencies; ++i)
      out.add_freq(static_cast<std::uint32_t>(read_le<3>(octets.subspan(3 * i))));
    while (out.freq_size() > 0 && out.freq(out.freq_size() - 1) == 0)
      out.mutable_freq()->RemoveLast();
    return;
  }
  out.set_type(pb::CHANNEL_MASKS);
  int used = list_octets;
  while (used > 0 && octets[static_cast<std::size_t>(used) - 1] == 0) --used;
  for (int i = 0; i < 8 * used; ++i) {
    const unsigned octet = octets[static_cast<std::size_t>(i / 8)];
    out.add_ch_masks((octet >> i % 8 & 1U) != 0);
  }
}

Bytes cf_list_of(const pb::CFList& from) {
  Bytes octets(list_size);
  if (from.type() == pb::FREQUENCIES) {
    for (int i = 0; i < std::min(list_frequencies, from.freq_size()); ++i)
      write_le<3>(MutableByteView(octets).subspan(3 * static_cast<std::size_t>(i)), from.freq(i));
    return octets;
  }
  octets[list_octets] = 1;
  for (int i = 0; i < std::min(8 * list_octets, from.ch_masks_size()); ++i) {
    if (from.ch_masks(i))
      octets[static_cast<std::size_t>(i / 8)] |= static_cast<std::uint8_t>(1U << i % 8);
  }
  return octets;
}

}  // namespace

void put_join_request(const mac::JoinParameters& join, pb::MACState::JoinRequest& out) {
  auto& settings = *out.mutable_downlink_settings();
  settings.set_rx1_dr_offset(static_cast<pb::DataRateOffset>(join.rx1_data_rate_offset.value()));
  settings.set_rx2_dr(static_cast<pb::DataRateIndex>(join.rx2_data_rate_index.value()));
  settings.set_opt_neg(join.opt_neg);
  out.set_rx_delay(static_cast<pb::RxDelay>(join.rx1_delay.count()));
  if (join.cf_list.size() == list_size) put_cf_list(join.cf_list, *out.mutable_cf_list());
}

mac::JoinParameters join_request_of(const pb::MACState::JoinRequest& request,
                                    mac::JoinParameters base) {
  const auto& settings = request.downlink_settings();
  base.rx1_data_rate_offset = DataRateOffset(static_cast<std::uint8_t>(settings.rx1_dr_offset()));
  base.rx2_data_rate_index = DataRateIndex(static_cast<std::uint8_t>(settings.rx2_dr()));
  base.opt_neg = settings.opt_neg();
  base.rx1_delay = std::chrono::seconds(std::max(1, static_cast<int>(request.rx_delay())));
  base.cf_list.clear();
  if (request.has_cf_list()) base.cf_list = cf_list_of(request.cf_list());
  return base;
}

void put_join_accept(const mac::QueuedJoinAccept& accept, pb::MACState::JoinAccept& out) {
  out.set_payload(text_of(accept.payload));
  put_join_request(accept.request, *out.mutable_request());
  put_network_keys(accept.keys, *out.mutable_keys());
  if (accept.app_s_key != KeyEnvelope())
    put_key(accept.app_s_key, *out.mutable_keys()->mutable_app_s_key());
  for (const auto& id : accept.correlation_ids) out.add_correlation_ids(id);
  out.set_dev_addr(to_field(accept.request.dev_addr));
  out.set_net_id(to_field(accept.request.net_id));
}

mac::QueuedJoinAccept join_accept_of(const pb::MACState::JoinAccept& accept) {
  mac::QueuedJoinAccept out;
  out.payload = bytes_of(accept.payload());
  out.request = join_request_of(accept.request(), {});
  out.request.dev_addr = dev_addr_of(accept.dev_addr()).value_or(DevAddr());
  out.request.net_id = net_id_of(accept.net_id()).value_or(NetId());
  out.keys = network_keys_of(accept.keys());
  if (accept.keys().has_app_s_key()) out.app_s_key = key_of(accept.keys().app_s_key());
  out.correlation_ids =
      std::vector<std::string>(accept.correlation_ids().begin(), accept.correlation_ids().end());
  return out;
}

}  // namespace ff::api
