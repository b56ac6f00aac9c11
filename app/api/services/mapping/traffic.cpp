#include "app/api/services/mapping/traffic.hpp"

#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/radio.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/join/cf_list.hpp"
#include "protocol/join/join_accept.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/schedule/time_on_air.hpp"

namespace ff::api {
namespace {

/// Octets of `value`, the most significant first.
std::string big_endian(std::uint64_t value, std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[size - 1 - i] = static_cast<char>(value >> (8 * i));
  return out;
}

struct PutBody {
  pb::Message& out;

  void operator()(const phy::DataFrameView& frame) const {
    put_mic(frame.mic);
    auto& payload = *out.mutable_mac_payload();
    auto& header = *payload.mutable_f_hdr();
    header.set_dev_addr(to_field(frame.dev_addr));
    header.set_f_cnt(frame.f_cnt.value());
    header.set_f_opts(text_of(frame.f_opts));
    auto& control = *header.mutable_f_ctrl();
    control.set_adr(frame.f_ctrl.adr);
    control.set_adr_ack_req(frame.f_ctrl.adr_ack_req);
    control.set_ack(frame.f_ctrl.ack);
    control.set_f_pending(frame.f_ctrl.f_pending);
    control.set_class_b(frame.f_ctrl.class_b);
    if (frame.f_port) payload.set_f_port(frame.f_port->value());
    payload.set_frm_payload(text_of(frame.frm_payload));
  }
  void operator()(const phy::JoinRequestView& frame) const {
    put_mic(frame.mic);
    auto& payload = *out.mutable_join_request_payload();
    payload.set_join_eui(to_field(frame.request.join_eui));
    payload.set_dev_eui(to_field(frame.request.dev_eui));
    payload.set_dev_nonce(big_endian(frame.request.dev_nonce.value(), 2));
  }
  void operator()(const phy::RejoinRequestView& frame) const {
    put_mic(frame.mic);
    auto& payload = *out.mutable_rejoin_request_payload();
    payload.set_rejoin_type(
        static_cast<pb::RejoinRequestType>(static_cast<int>(frame.request.type)));
    if (frame.request.type == phy::RejoinType::full_context) {
      payload.set_join_eui(to_field(frame.request.join_eui));
    } else {
      payload.set_net_id(to_field(frame.request.net_id));
    }
    payload.set_dev_eui(to_field(frame.request.dev_eui));
    payload.set_rejoin_cnt(frame.request.rejoin_count);
  }
  void operator()(const phy::JoinAcceptView& frame) const {
    out.mutable_join_accept_payload()->set_encrypted(text_of(frame.encrypted));
  }
  void operator()(const phy::ProprietaryView&) const {}

 private:
  void put_mic(phy::Mic mic) const {
    // As on air: the least significant octet first.
    auto octets = big_endian(mic.value(), phy::mic_size);
    out.set_mic(std::string(octets.rbegin(), octets.rend()));
  }
};

struct PutCfList {
  pb::CFList& out;
  void operator()(const join::CfListFrequencies& list) const {
    out.set_type(pb::CFListType::FREQUENCIES);
    for (const auto frequency : list.frequencies)
      out.add_freq(static_cast<std::uint32_t>(frequency.hz() / join::frequency_step_hz_default));
  }
  void operator()(const join::CfListChannelMasks& list) const {
    out.set_type(pb::CFListType::CHANNEL_MASKS);
    for (const auto mask : list.masks) {
      for (unsigned i = 0; i < 16; ++i) out.add_ch_masks((mask >> i & 1U) != 0);
    }
  }
};

void put_window(const std::optional<RxWindow>& rx1, const std::optional<RxWindow>& rx2,
                pb::TxRequest& out) {
  if (rx1) {
    put_data_rate(rx1->data_rate, *out.mutable_rx1_data_rate());
    out.set_rx1_frequency(rx1->frequency.hz());
  }
  if (rx2) {
    put_data_rate(rx2->data_rate, *out.mutable_rx2_data_rate());
    out.set_rx2_frequency(rx2->frequency.hz());
  }
}

template <class Message>
void put_correlation_ids(const CorrelationIds& ids, Message& out) {
  for (const auto& id : ids) out.add_correlation_ids(id);
}

Duration airtime_of(const events::Uplink& uplink) {
  return schedule::time_on_air(uplink.phy_payload.size(), uplink.settings.data_rate,
                               uplink.settings.frequency)
      .value_or(Duration{0});
}

}  // namespace

void put_message(ByteView phy_payload, pb::Message& out) {
  const auto frame = phy::decode_frame(phy_payload);
  if (!frame) return;
  out.mutable_m_hdr()->set_m_type(static_cast<pb::MType>(static_cast<int>(frame->mhdr.m_type)));
  out.mutable_m_hdr()->set_major(static_cast<pb::Major>(frame->mhdr.major));
  std::visit(PutBody{out}, frame->body);
}

void put_uplink_message(const events::Uplink& uplink, const CorrelationIds& correlation_ids,
                        pb::UplinkMessage& out) {
  out.set_raw_payload(text_of(uplink.phy_payload));
  put_message(uplink.phy_payload, *out.mutable_payload());
  if (uplink.f_cnt && out.payload().has_mac_payload())
    out.mutable_payload()->mutable_mac_payload()->set_full_f_cnt(uplink.f_cnt->value());
  put_settings(uplink.settings, *out.mutable_settings());
  if (uplink.rx_metadata) {
    for (const auto& metadata : *uplink.rx_metadata) put_metadata(metadata, *out.add_rx_metadata());
  }
  put_time(uplink.received_at, *out.mutable_received_at());
  put_correlation_ids(correlation_ids, out);
  if (uplink.channel_index) out.set_device_channel_index(uplink.channel_index->value());
  if (const auto airtime = airtime_of(uplink); airtime.count() != 0)
    put_duration(airtime, *out.mutable_consumed_airtime());
  if (uplink.crc_ok) out.mutable_crc_status()->set_value(*uplink.crc_ok);
}

void put_forwarded(const events::ForwardedUplink& forwarded, const DeviceIdentifiers& ids,
                   const CorrelationIds& correlation_ids, pb::ApplicationUp& out) {
  const auto& uplink = *forwarded.uplink;
  const auto frame = phy::decode_data_frame(uplink.phy_payload);
  if (!frame) return;
  ApplicationUplink message{.session_key_id = forwarded.session_key_id,
                            .f_port = frame->f_port.value_or(FPort{0}),
                            .f_cnt = uplink.f_cnt.value_or(FCnt32{frame->f_cnt.value()}),
                            .settings = uplink.settings,
                            .received_at = uplink.received_at,
                            .confirmed = phy::is_confirmed(frame->m_type),
                            .consumed_airtime = airtime_of(uplink),
                            .net_id = forwarded.net_id};
  if (forwarded.has_payload) message.frm_payload = to_owned(frame->frm_payload);
  if (uplink.rx_metadata) message.rx_metadata = *uplink.rx_metadata;
  put_up({.ids = ids,
          .correlation_ids = correlation_ids,
          .received_at = uplink.received_at,
          .up = std::move(message)},
         out);
}

void put_request(const TxRequest& request, pb::TxRequest& out) {
  out.set_class_(static_cast<pb::Class>(request.device_class));
  for (const auto& path : request.paths) {
    auto& to = *out.add_downlink_paths();
    if (!path.uplink_token.empty()) {
      to.set_uplink_token(text_of(path.uplink_token));
      continue;
    }
    put_ids(path.gateway, *to.mutable_fixed()->mutable_gateway_ids());
    to.mutable_fixed()->set_antenna_index(path.antenna_index);
  }
  // Without receive windows after an uplink there is no delay.
  if (request.device_class == DeviceClass::a)
    out.set_rx1_delay(static_cast<pb::RxDelay>(request.rx1_delay.count()));
  put_window(request.rx1, request.rx2, out);
  out.set_priority(static_cast<pb::TxSchedulePriority>(request.priority));
  if (request.absolute_time) put_time(*request.absolute_time, *out.mutable_absolute_time());
  out.set_frequency_plan_id(request.frequency_plan_id);
}

void put_downlink(const DownlinkFrame& frame, pb::DownlinkMessage& out) {
  out.set_raw_payload(text_of(frame.phy_payload));
  put_message(frame.phy_payload, *out.mutable_payload());
  auto& ids = *out.mutable_end_device_ids();
  ids.set_device_id(frame.device.device_id.text());
  ids.mutable_application_ids()->set_application_id(frame.device.application_id.text());
  put_request(frame.request, *out.mutable_request());
  put_correlation_ids(frame.correlation_ids, out);
}

void put_scheduled(const ScheduledDownlink& scheduled, pb::ScheduleDownlinkResponse& out) {
  put_duration(scheduled.delay, *out.mutable_delay());
  out.mutable_downlink_path()->mutable_fixed()->mutable_gateway_ids()->set_gateway_id(
      scheduled.gateway_id.text());
  out.set_rx1(scheduled.window == 1);
  out.set_rx2(scheduled.window == 2);
}

void put_question(const events::JoinQuestion& question, const CorrelationIds& correlation_ids,
                  pb::JoinRequest& out) {
  out.set_raw_payload(text_of(question.join_request));
  put_message(question.join_request, *out.mutable_payload());
  out.set_dev_addr(to_field(question.dev_addr));
  out.set_selected_mac_version(static_cast<pb::MACVersion>(question.mac_version));
  out.set_net_id(to_field(question.net_id));
  const auto settings = join::decode_dl_settings(question.dl_settings);
  auto& to = *out.mutable_downlink_settings();
  to.set_rx1_dr_offset(static_cast<pb::DataRateOffset>(settings.rx1_dr_offset.value()));
  to.set_rx2_dr(static_cast<pb::DataRateIndex>(settings.rx2_dr.value()));
  to.set_opt_neg(settings.opt_neg);
  out.set_rx_delay(static_cast<pb::RxDelay>(question.rx_delay));
  if (const auto list = join::decode_cf_list(question.cf_list))
    std::visit(PutCfList{*out.mutable_cf_list()}, *list);
  put_correlation_ids(correlation_ids, out);
}

void put_reply(const events::JoinReply& reply, const CorrelationIds& correlation_ids,
               pb::JoinResponse& out) {
  out.set_raw_payload(text_of(reply.join_accept));
  out.mutable_session_keys()->set_session_key_id(text_of(reply.session_key_id));
  put_correlation_ids(correlation_ids, out);
}

}  // namespace ff::api
