#include "protocol/mac/command/rejoin_param_setup.hpp"

#include "protocol/mac/command/exchange.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac {

Requests rejoin_param_setup_requests(const MacState& state, const DownlinkContext& context) {
  std::vector<Command> request;
  const MacParameters& have = state.current;
  const MacParameters& want = state.desired;
  const bool agree = want.rejoin_time_periodicity == have.rejoin_time_periodicity &&
                     want.rejoin_count_periodicity == have.rejoin_count_periodicity;
  if (agree || !is_defined(Cid::rejoin_param_setup, state.lorawan_version)) return request;
  request.push_back(
      RejoinParamSetupReq{want.rejoin_count_periodicity, want.rejoin_time_periodicity});
  if (is_refused(state.rejected, request, context.profile.region)) request.clear();
  return request;
}

/// The count is mandatory, the time is not: a device without a clock refuses it. [TS001-1.1 §5.14]
Status receive(UplinkExchange& exchange, const RejoinParamSetupAns& answer) {
  FF_TRY(const auto request, exchange.take_request<RejoinParamSetupReq>());
  exchange.publish(EventName::rejoin_param_setup_answer, Command{answer});
  if (!request) return {};
  MacState& state = exchange.state;
  state.current.rejoin_count_periodicity = request->max_count_exp;
  if (answer.max_time_exp_ack) {
    state.current.rejoin_time_periodicity = request->max_time_exp;
    forget_refusals(state.rejected, Cid::rejoin_param_setup);
    return {};
  }
  exchange.refused(*request);
  return {};
}

}  // namespace ff::mac
