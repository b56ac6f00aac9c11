#include "app/api/services/mapping/gateway_events.hpp"

#include <google/protobuf/struct.pb.h>

#include "actors/events/protobuf_data.hpp"
#include "app/api/services/mapping/gateway_stats.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/radio.hpp"
#include "app/api/services/mapping/traffic.hpp"
#include "app/api/services/mapping/values.hpp"
#include "ttn/lorawan/v3/gateway.pb.h"

namespace ff::api {
namespace {

using events::EventData;
using gateway_server::GatewayEventData;

/// What is the same before and after a downlink is scheduled.
void put_frame(const DownlinkFrame& frame, pb::DownlinkMessage& out) {
  out.set_raw_payload(text_of(frame.phy_payload));
  for (const auto& id : frame.correlation_ids) out.add_correlation_ids(id);
}

void put_requested(const DownlinkFrame& frame, pb::DownlinkMessage& out) {
  put_frame(frame, out);
  put_request(frame.request, *out.mutable_request());
}

void put_sent(const gateway_server::SentDownlink& sent, pb::DownlinkMessage& out) {
  put_frame(*sent.frame, out);
  const auto& from = sent.transmission;
  auto& to = *out.mutable_scheduled();
  put_data_rate(from.data_rate, *to.mutable_data_rate());
  to.set_frequency(from.frequency.hz());
  to.set_enable_crc(from.enable_crc);
  if (from.timestamp_us) to.set_timestamp(*from.timestamp_us);
  if (from.absolute_time) put_time(*from.absolute_time, *to.mutable_time());
  to.mutable_downlink()->set_antenna_index(from.antenna_index);
  to.mutable_downlink()->set_tx_power(from.eirp_dbm);
  to.mutable_downlink()->set_invert_polarization(from.invert_polarization);
}

void put_uplink(const UplinkFrame& frame, pb::UplinkMessage& out) {
  out.set_raw_payload(text_of(frame.phy_payload));
  put_settings(frame.settings, *out.mutable_settings());
  for (const auto& rx : frame.rx_metadata) put_metadata(rx, *out.add_rx_metadata());
  put_time(frame.received_at, *out.mutable_received_at());
  for (const auto& id : frame.correlation_ids) out.add_correlation_ids(id);
  if (frame.crc_ok) out.mutable_crc_status()->set_value(*frame.crc_ok);
}

struct ToEventData {
  EventData operator()(std::monostate) const { return {}; }
  EventData operator()(const Error& error) const { return error; }
  EventData operator()(TxResult result) const {
    google::protobuf::Value value;
    value.set_string_value(to_string(result));
    return events::protobuf_data(value);
  }
  EventData operator()(const GatewayIdentifiers& ids) const {
    pb::GatewayIdentifiers out;
    put_ids(ids, out);
    return events::protobuf_data(out);
  }
  EventData operator()(gateway_server::UpstreamHost host) const {
    return std::string(to_string(host));
  }
  EventData operator()(const std::shared_ptr<const UplinkFrame>& frame) const {
    pb::GatewayUplinkMessage out;
    put_uplink(*frame, *out.mutable_message());
    out.set_band_id(frame->band_id);
    return events::protobuf_data(out);
  }
  EventData operator()(const std::shared_ptr<const DownlinkFrame>& frame) const {
    pb::DownlinkMessage out;
    put_requested(*frame, out);
    return events::protobuf_data(out);
  }
  EventData operator()(const std::shared_ptr<const gateway_server::SentDownlink>& sent) const {
    pb::DownlinkMessage out;
    put_sent(*sent, out);
    return events::protobuf_data(out);
  }
  EventData operator()(const std::shared_ptr<const gateway_server::ReportedDownlink>& told) const {
    pb::TxAcknowledgment out;
    for (const auto& id : told->report.correlation_ids) out.add_correlation_ids(id);
    out.set_result(static_cast<pb::TxAcknowledgment::Result>(told->report.result));
    if (told->frame) put_requested(*told->frame, *out.mutable_downlink_message());
    return events::protobuf_data(out);
  }
  EventData operator()(const std::shared_ptr<const GatewayStatus>& status) const {
    pb::GatewayStatus out;
    put_status(*status, out);
    return events::protobuf_data(out);
  }
  EventData operator()(const std::shared_ptr<const gateway_server::ConnectionStats>& stats) const {
    return events::protobuf_data(to_proto(*stats));
  }
};

}  // namespace

EventData to_event_data(const GatewayEventData& data) {
  return std::visit(ToEventData{}, data);
}

gateway_server::PublishGatewayEvent gateway_publisher(events::Hub& hub) {
  return [&hub](events::Event event, GatewayEventData data) {
    if (std::holds_alternative<std::monostate>(data)) return hub.publish(std::move(event));
    hub.publish(std::move(event), [data = std::move(data)] { return to_event_data(data); });
  };
}

}  // namespace ff::api
