#include "protocol/mac/command/rx_param_setup.hpp"

#include "protocol/mac/command/exchange.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac {

Requests rx_param_setup_requests(const MacState& state, const DownlinkContext& context) {
  const MacParameters& have = state.current;
  const MacParameters& want = state.desired;
  const bool agree = want.rx2_data_rate_index == have.rx2_data_rate_index &&
                     want.rx2_frequency == have.rx2_frequency &&
                     want.rx1_data_rate_offset == have.rx1_data_rate_offset;
  // A sticky answer was heard, its downlink not yet: asking again would only make the device answer
  // again.
  if (agree || answered_last(state, Cid::rx_param_setup)) return std::vector<Command>{};
  std::vector<Command> request{
      RXParamSetupReq{want.rx2_data_rate_index, want.rx1_data_rate_offset, want.rx2_frequency}};
  if (is_refused(state.rejected, request, context.profile.region)) request.clear();
  return request;
}

Status receive(UplinkExchange& exchange, const RXParamSetupAns& answer) {
  FF_TRY(const auto request, exchange.take_request<RXParamSetupReq>());
  const bool accepted =
      answer.rx2_frequency_ack && answer.rx2_data_rate_ack && answer.rx1_dr_offset_ack;
  exchange.publish(
      accepted ? EventName::rx_param_setup_answer_accept : EventName::rx_param_setup_answer_reject,
      Command{answer});
  if (!request) return {};
  MacState& state = exchange.state;
  if (!accepted) {
    exchange.refused(*request);
    return {};
  }
  state.current.rx1_data_rate_offset = request->rx1_dr_offset;
  state.current.rx2_data_rate_index = request->rx2_data_rate_index;
  state.current.rx2_frequency = request->rx2_frequency;
  forget_refusals(state.rejected, Cid::rx_param_setup);
  return {};
}

}  // namespace ff::mac
