#include "protocol/mac/command/relay_ctrl_uplink_list.hpp"

#include "protocol/mac/command/exchange.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac {
namespace {

constexpr std::uint8_t remove_action = 1;

bool is_wanted(const ServingRelay& want, std::size_t index) {
  const auto& rules = want.uplink_forwarding_rules;
  return index < rules.size() && !rules[index].is_empty();
}

}  // namespace

/// Removes what the relay has and should not have. A relay that stops altogether forgets its rules.
Requests relay_ctrl_uplink_list_requests(const MacState& state, const DownlinkContext& context) {
  std::vector<Command> requests;
  const ServingRelay* have = serving(state.current.relay);
  const ServingRelay* want = serving(state.desired.relay);
  if (context.profile.multicast || have == nullptr || want == nullptr) return requests;
  const auto& rules = have->uplink_forwarding_rules;
  for (std::size_t i = 0; i < rules.size() && i < relay_rules_max; ++i) {
    if (rules[i].is_empty() || is_wanted(*want, i)) continue;
    const Command request = CtrlUplinkListReq{static_cast<std::uint8_t>(i), remove_action};
    if (!is_refused(state.rejected, {&request, 1}, context.profile.region))
      requests.push_back(request);
  }
  return requests;
}

Status receive(UplinkExchange& exchange, const CtrlUplinkListAns& answer) {
  FF_TRY(const auto request, exchange.take_request<CtrlUplinkListReq>());
  exchange.publish(answer.index_ack ? EventName::relay_ctrl_uplink_list_answer_accept
                                    : EventName::relay_ctrl_uplink_list_answer_reject,
                   Command{answer});
  if (!request) return {};
  MacState& state = exchange.state;
  if (!answer.index_ack) {
    exchange.refused(*request);
    return {};
  }
  const Command accepted = *request;
  forget_refusal(state.rejected, {&accepted, 1}, exchange.context.profile.region);
  ServingRelay* relay = serving(state.current.relay);
  if (relay == nullptr || request->index >= relay->uplink_forwarding_rules.size()) return {};
  if (request->action == remove_action) relay->uplink_forwarding_rules[request->index] = {};
  return {};
}

}  // namespace ff::mac
