#include "protocol/mac/command/relay_update_uplink_list.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {
namespace {

constexpr std::uint8_t no_limit = 63;

bool is_told(const ServingRelay* relay, std::size_t index, const UplinkForwardingRule& rule) {
  return relay != nullptr && index < relay->uplink_forwarding_rules.size() &&
         relay->uplink_forwarding_rules[index] == rule;
}

/// `rule` knows its session's key.
UpdateUplinkListReq request_for(std::size_t index, const UplinkForwardingRule& rule) {
  const auto limits = rule.limits.value_or(RelayLimit{0, no_limit});
  return {static_cast<std::uint8_t>(index),
          limits.reload_rate,
          limits.bucket_size,
          rule.wor->dev_addr,
          rule.last_w_f_cnt,
          rule.wor->root_wor_s_key};
}

/// The rule that was asked for. When another is wanted meanwhile, what the relay has is known
/// without its device, so that it will be told the other.
UplinkForwardingRule accepted_rule(const ServingRelay* wanted, const UpdateUplinkListReq& request) {
  if (wanted != nullptr && request.index < wanted->uplink_forwarding_rules.size()) {
    const auto& rule = wanted->uplink_forwarding_rules[request.index];
    if (rule.wor && request_for(request.index, rule) == request) return rule;
  }
  UplinkForwardingRule rule;
  if (request.reload_rate != no_limit)
    rule.limits = RelayLimit{request.bucket_size, request.reload_rate};
  rule.last_w_f_cnt = request.w_fcnt;
  rule.wor = WorSession{request.dev_addr, request.root_wor_s_key};
  return rule;
}

}  // namespace

/// Along with RelayConf, when the relay does not serve yet: it reads one after the other. Rules of
/// sessions that are not known wait.
Requests relay_update_uplink_list_requests(const MacState& state, const DownlinkContext& context) {
  std::vector<Command> requests;
  const ServingRelay* want = serving(state.desired.relay);
  if (want == nullptr || !serves_or_will(state, context)) return requests;
  const ServingRelay* have = serving(state.current.relay);
  const auto& rules = want->uplink_forwarding_rules;
  for (std::size_t i = 0; i < rules.size() && i < relay_rules_max; ++i) {
    if (rules[i].wor && !is_told(have, i, rules[i])) requests.push_back(request_for(i, rules[i]));
  }
  return requests;
}

Status receive(UplinkExchange& exchange, const UpdateUplinkListAns& answer) {
  FF_TRY(const auto request, exchange.take_request<UpdateUplinkListReq>());
  exchange.publish(EventName::relay_update_uplink_list_answer, Command{answer});
  ServingRelay* relay = serving(exchange.state.current.relay);
  // A relay that refused RelayConf in the same frame serves nobody.
  if (!request || relay == nullptr) return {};
  auto& rules = relay->uplink_forwarding_rules;
  if (rules.size() <= request->index) rules.resize(request->index + std::size_t{1});
  rules[request->index] = accepted_rule(serving(exchange.state.desired.relay), *request);
  return {};
}

}  // namespace ff::mac
