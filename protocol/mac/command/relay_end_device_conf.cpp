#include "protocol/mac/command/relay_end_device_conf.hpp"

#include "protocol/mac/command/exchange.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac {
namespace {

/// What tells a device to use its relay as `relay` says; null: not to.
EndDeviceConfReq request_for(const ServedRelay* relay) {
  EndDeviceConfReq request;
  if (relay == nullptr) return request;
  request.activation_mode = static_cast<std::uint8_t>(relay->activation);
  if (relay->activation == RelayActivation::dynamic)
    request.smart_enable_level = relay->smart_enable_level;
  request.backoff = relay->backoff.value_or(default_relay_backoff);
  if (const auto& second = relay->second_channel) {
    request.second_ch_index = 1;
    request.second_ch_ack_offset = second->ack_offset;
    request.second_ch_data_rate = second->data_rate_index;
    request.second_ch_frequency = second->frequency;
  }
  return request;
}

/// `wanted` names the relay, which the device is not told.
void apply(const EndDeviceConfReq& request, const ServedRelay* wanted,
           std::optional<RelayParameters>& relay) {
  if (request.activation_mode == 0) {
    if (served(relay) != nullptr) relay.reset();
    return;
  }
  ServedRelay to;
  to.activation = static_cast<RelayActivation>(request.activation_mode);
  to.smart_enable_level = request.smart_enable_level;
  to.backoff = request.backoff;
  if (request.second_ch_index != 0) {
    to.second_channel = RelaySecondChannel{
        request.second_ch_ack_offset, request.second_ch_data_rate, request.second_ch_frequency};
  }
  if (wanted != nullptr) to.serving_device_id = wanted->serving_device_id;
  relay = std::move(to);
}

}  // namespace

Requests relay_end_device_conf_requests(const MacState& state, const DownlinkContext& context) {
  std::vector<Command> request;
  const auto want = request_for(served(state.desired.relay));
  if (context.profile.multicast || want == request_for(served(state.current.relay))) return request;
  request.push_back(want);
  if (is_refused(state.rejected, request, context.profile.region)) request.clear();
  return request;
}

Status receive(UplinkExchange& exchange, const EndDeviceConfAns& answer) {
  FF_TRY(const auto request, exchange.take_request<EndDeviceConfReq>());
  const bool accepted = answer.second_ch_frequency_ack && answer.second_ch_data_rate_ack &&
                        answer.second_ch_index_ack && answer.backoff_ack;
  exchange.publish(accepted ? EventName::relay_end_device_conf_answer_accept
                            : EventName::relay_end_device_conf_answer_reject,
                   Command{answer});
  if (!request) return {};
  MacState& state = exchange.state;
  if (!accepted) {
    exchange.refused(*request);
    return {};
  }
  apply(*request, served(state.desired.relay), state.current.relay);
  forget_refusals(state.rejected, Cid::relay_end_device_conf);
  return {};
}

}  // namespace ff::mac
