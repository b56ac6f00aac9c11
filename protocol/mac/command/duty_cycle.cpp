#include "protocol/mac/command/duty_cycle.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

Requests duty_cycle_requests(const MacState& state, const DownlinkContext&) {
  if (state.desired.max_duty_cycle == state.current.max_duty_cycle) return std::vector<Command>{};
  return std::vector<Command>{DutyCycleReq{state.desired.max_duty_cycle}};
}

Status receive(UplinkExchange& exchange, const DutyCycleAns&) {
  FF_TRY(const auto request, exchange.take_request<DutyCycleReq>());
  if (request) exchange.state.current.max_duty_cycle = request->max_duty_cycle;
  exchange.publish(EventName::duty_cycle_answer);
  return {};
}

}  // namespace ff::mac
