#include "protocol/mac/command/relay_configure_fwd_limit.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {
namespace {

constexpr std::uint8_t no_limit = 127;

/// What a relay starts with. [TS011-1.0.1; spec network-server §17]
RelayForwardingLimits initial_limits() {
  constexpr std::uint8_t twice = 1;
  return {0, RelayLimit{twice, 4}, RelayLimit{twice, 4}, RelayLimit{twice, 8},
          RelayLimit{twice, 8}};
}

ConfigureFwdLimitReq request_for(const ServingRelay* relay) {
  const auto limits = relay != nullptr && relay->limits ? *relay->limits : initial_limits();
  const auto or_none = [](const std::optional<RelayLimit>& limit) {
    return limit.value_or(RelayLimit{0, no_limit});
  };
  const auto overall = or_none(limits.overall);
  const auto uplinks = or_none(limits.uplink_messages);
  const auto notifications = or_none(limits.notifications);
  const auto joins = or_none(limits.join_requests);
  return {overall.reload_rate, uplinks.reload_rate,       notifications.reload_rate,
          joins.reload_rate,   limits.reset_behavior,     overall.bucket_size,
          uplinks.bucket_size, notifications.bucket_size, joins.bucket_size};
}

std::optional<RelayLimit> limit(std::uint8_t bucket_size, std::uint8_t reload_rate) {
  if (reload_rate == no_limit) return std::nullopt;
  return RelayLimit{bucket_size, reload_rate};
}

}  // namespace

Requests relay_configure_fwd_limit_requests(const MacState& state, const DownlinkContext& context) {
  std::vector<Command> request;
  const ServingRelay* want = serving(state.desired.relay);
  if (want == nullptr || !serves_or_will(state, context)) return request;
  const auto wanted = request_for(want);
  if (wanted != request_for(serving(state.current.relay))) request.push_back(wanted);
  return request;
}

Status receive(UplinkExchange& exchange, const ConfigureFwdLimitAns& answer) {
  FF_TRY(const auto request, exchange.take_request<ConfigureFwdLimitReq>());
  exchange.publish(EventName::relay_configure_fwd_limit_answer, Command{answer});
  ServingRelay* relay = serving(exchange.state.current.relay);
  // A relay that refused RelayConf in the same frame serves nobody.
  if (!request || relay == nullptr) return {};
  relay->limits = RelayForwardingLimits{
      request->reset_limit_counter,
      limit(request->join_req_bucket_size, request->join_req_reload_rate),
      limit(request->notify_bucket_size, request->notify_reload_rate),
      limit(request->global_uplink_bucket_size, request->global_uplink_reload_rate),
      limit(request->overall_bucket_size, request->overall_reload_rate)};
  return {};
}

}  // namespace ff::mac
