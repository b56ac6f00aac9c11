#include "protocol/mac/command/adr_param_setup.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

Requests adr_param_setup_requests(const MacState& state, const DownlinkContext&) {
  if (!is_defined(Cid::adr_param_setup, state.lorawan_version)) return std::vector<Command>{};
  const MacParameters& have = state.current;
  const MacParameters& want = state.desired;
  if (!want.adr_ack_limit_exponent || !want.adr_ack_delay_exponent) return std::vector<Command>{};
  if (want.adr_ack_limit_exponent == have.adr_ack_limit_exponent &&
      want.adr_ack_delay_exponent == have.adr_ack_delay_exponent) {
    return std::vector<Command>{};
  }
  return std::vector<Command>{
      ADRParamSetupReq{*want.adr_ack_delay_exponent, *want.adr_ack_limit_exponent}};
}

Status receive(UplinkExchange& exchange, const ADRParamSetupAns&) {
  FF_TRY(const auto request, exchange.take_request<ADRParamSetupReq>());
  exchange.publish(EventName::adr_param_setup_answer);
  if (!request) return {};
  exchange.state.current.adr_ack_limit_exponent = request->limit_exp;
  exchange.state.current.adr_ack_delay_exponent = request->delay_exp;
  return {};
}

}  // namespace ff::mac
