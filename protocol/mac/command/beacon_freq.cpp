#include "protocol/mac/command/beacon_freq.hpp"

#include "protocol/mac/command/exchange.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac {

Requests beacon_freq_requests(const MacState& state, const DownlinkContext& context) {
  std::vector<Command> request;
  const bool agree = state.desired.beacon_frequency == state.current.beacon_frequency;
  if (agree || state.device_class != DeviceClass::b) return request;
  request.push_back(BeaconFreqReq{state.desired.beacon_frequency});
  if (is_refused(state.rejected, request, context.profile.region)) request.clear();
  return request;
}

Status receive(UplinkExchange& exchange, const BeaconFreqAns& answer) {
  FF_TRY(const auto request, exchange.take_request<BeaconFreqReq>());
  exchange.publish(answer.frequency_ok ? EventName::beacon_freq_answer_accept
                                       : EventName::beacon_freq_answer_reject,
                   Command{answer});
  if (!request) return {};
  MacState& state = exchange.state;
  if (!answer.frequency_ok) {
    exchange.refused(*request);
    return {};
  }
  state.current.beacon_frequency = request->frequency;
  forget_refusals(state.rejected, Cid::beacon_freq);
  return {};
}

}  // namespace ff::mac
