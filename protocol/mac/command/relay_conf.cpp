#include "protocol/mac/command/relay_conf.hpp"

#include "protocol/mac/command/exchange.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac {
namespace {

/// What tells a relay to be as `relay` says; null: to stop. Rules and limits have commands of their
/// own.
RelayConfReq request_for(const ServingRelay* relay) {
  RelayConfReq request;
  if (relay == nullptr) return request;
  request.start = true;
  request.default_ch_index = relay->default_channel_index.value_or(0);
  request.cad_periodicity = relay->cad_periodicity;
  if (const auto& second = relay->second_channel) {
    request.second_ch_index = 1;
    request.second_ch_ack_offset = second->ack_offset;
    request.second_ch_data_rate = second->data_rate_index;
    request.second_ch_frequency = second->frequency;
  }
  return request;
}

void apply(const RelayConfReq& request, std::optional<RelayParameters>& relay) {
  if (!request.start) {
    if (serving(relay) != nullptr) relay.reset();
    return;
  }
  if (serving(relay) == nullptr) relay = ServingRelay{};
  ServingRelay& to = *serving(relay);
  to.default_channel_index = request.default_ch_index;
  to.cad_periodicity = request.cad_periodicity;
  to.second_channel.reset();
  if (request.second_ch_index != 0) {
    to.second_channel = RelaySecondChannel{
        request.second_ch_ack_offset, request.second_ch_data_rate, request.second_ch_frequency};
  }
}

}  // namespace

Requests relay_conf_requests(const MacState& state, const DownlinkContext& context) {
  std::vector<Command> request;
  const auto want = request_for(serving(state.desired.relay));
  if (context.profile.multicast || want == request_for(serving(state.current.relay)))
    return request;
  request.push_back(want);
  if (is_refused(state.rejected, request, context.profile.region)) request.clear();
  return request;
}

bool serves_or_will(const MacState& state, const DownlinkContext& context) {
  if (serving(state.desired.relay) == nullptr) return false;
  if (serving(state.current.relay) != nullptr) return true;
  const auto requests = relay_conf_requests(state, context);
  return requests && !requests->empty();
}

Status receive(UplinkExchange& exchange, const RelayConfAns& answer) {
  FF_TRY(const auto request, exchange.take_request<RelayConfReq>());
  const bool accepted = answer.second_ch_frequency_ack && answer.second_ch_ack_offset_ack &&
                        answer.second_ch_data_rate_ack && answer.second_ch_index_ack &&
                        answer.default_ch_index_ack && answer.cad_periodicity_ack;
  exchange.publish(
      accepted ? EventName::relay_conf_answer_accept : EventName::relay_conf_answer_reject,
      Command{answer});
  if (!request) return {};
  MacState& state = exchange.state;
  if (!accepted) {
    exchange.refused(*request);
    return {};
  }
  apply(*request, state.current.relay);
  forget_refusals(state.rejected, Cid::relay_conf);
  return {};
}

}  // namespace ff::mac
