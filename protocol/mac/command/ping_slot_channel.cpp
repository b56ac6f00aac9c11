#include "protocol/mac/command/ping_slot_channel.hpp"

#include "protocol/mac/command/exchange.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac {

Requests ping_slot_channel_requests(const MacState& state, const DownlinkContext& context) {
  std::vector<Command> request;
  const MacParameters& have = state.current;
  const MacParameters& want = state.desired;
  const bool agree = want.ping_slot_frequency == have.ping_slot_frequency &&
                     want.ping_slot_data_rate_index == have.ping_slot_data_rate_index;
  if (agree || state.device_class != DeviceClass::b || !want.ping_slot_data_rate_index)
    return request;
  request.push_back(PingSlotChannelReq{want.ping_slot_frequency, *want.ping_slot_data_rate_index});
  if (is_refused(state.rejected, request, context.profile.region)) request.clear();
  return request;
}

Status receive(UplinkExchange& exchange, const PingSlotChannelAns& answer) {
  FF_TRY(const auto request, exchange.take_request<PingSlotChannelReq>());
  const bool accepted = answer.frequency_ok && answer.data_rate_ok;
  exchange.publish(accepted ? EventName::ping_slot_channel_answer_accept
                            : EventName::ping_slot_channel_answer_reject,
                   Command{answer});
  if (!request) return {};
  MacState& state = exchange.state;
  if (!accepted) {
    exchange.refused(*request);
    return {};
  }
  state.current.ping_slot_frequency = request->frequency;
  state.current.ping_slot_data_rate_index = request->data_rate_index;
  forget_refusals(state.rejected, Cid::ping_slot_channel);
  return {};
}

}  // namespace ff::mac
