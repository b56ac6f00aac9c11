#include "protocol/mac/uplink.hpp"

#include <algorithm>
#include <utility>

#include "protocol/mac/refusal.hpp"

namespace ff::mac {
namespace {

bool is_answer(const Command& command) {
  const CommandInfo* info = command_info(cid_of(command));
  return info != nullptr && info->initiator == Initiator::network;
}

/// Everything without a rule of its own: answers to commands the network server never sends
/// (RelayFilterList).
template <class T>
Status receive(UplinkExchange&, const T&) {
  return fail(request_not_found, {{"cid", static_cast<int>(T::kind.cid)}});
}
Status receive(UplinkExchange& exchange, const NotifyNewEndDeviceReq& notification) {
  exchange.publish(EventName::relay_notify_new_end_device_indication, Command{notification});
  return {};
}
/// From 1.0.4 on DeviceTimeReq has taken its place. The reference answers none; a device of 1.0.2
/// that knows no other way never finds a beacon then. The answer's values come with the downlink
/// (beacon_timing.hpp); there is no event of it. [TS001-1.0.3 §14.2]
Status receive(UplinkExchange& exchange, const BeaconTimingReq&) {
  if (!at_least(exchange.state.lorawan_version, MacVersion::v1_0_4))
    exchange.state.queued_responses.emplace_back(BeaconTimingAns{});
  return {};
}

Status dispatch(UplinkExchange& exchange, const Command& command) {
  return std::visit([&](const auto& c) { return receive(exchange, c); }, command);
}

bool is_deferred(UplinkExchange& exchange, const Command& command) {
  switch (cid_of(command)) {
    case Cid::link_check:
      exchange.publish(EventName::link_check_request);
      return true;
    case Cid::device_time:
      exchange.publish(EventName::device_time_request);
      return true;
    default:
      return false;
  }
}

/// How many of the commands from `first` on are LinkADRAns equal to it: the versions that answer
/// each request of a block answer all alike; `payload` if they differ. [TS001-1.0.4 §5.3]
Result<std::size_t> run_of_answers(const std::vector<Command>& commands, std::size_t first,
                                   MacVersion version) {
  if (!std::holds_alternative<LinkADRAns>(commands[first])) return std::size_t{1};
  if (!at_least(version, MacVersion::v1_0_2) || at_least(version, MacVersion::v1_1))
    return std::size_t{1};
  std::size_t length = 1;
  while (first + length < commands.size() && cid_of(commands[first + length]) == Cid::link_adr) {
    if (commands[first + length] != commands[first]) return fail(link_adr_answers_differ);
    ++length;
  }
  return length;
}

/// Handles the command at `index` and returns the index of the next.
Result<std::size_t> handle_one(UplinkExchange& exchange, const Decoded& decoded, std::size_t index,
                               std::vector<Cid>& deferred) {
  const Command& command = decoded.commands[index];
  if (is_deferred(exchange, command)) {
    deferred.push_back(cid_of(command));
    return index + 1;
  }
  if (exchange.context.retransmission && is_answer(command)) return index + 1;
  FF_TRY(const std::size_t run,
         run_of_answers(decoded.commands, index, exchange.state.lorawan_version));
  FF_CHECK(dispatch(exchange, command));
  return index + run;
}

void publish_stop(UplinkExchange& exchange, const Decoded& decoded) {
  switch (decoded.stop) {
    case DecodeStop::end:
      break;
    case DecodeStop::unknown:
      exchange.publish(EventName::command_unknown, UnknownCid{decoded.stop_cid});
      break;
    case DecodeStop::proprietary:
      exchange.publish(EventName::proprietary_receive);
      break;
    case DecodeStop::truncated:
      exchange.publish(EventName::command_parse_fail, decoded.error());
      break;
  }
}

/// A device that does not answer has not heard, or does not know the command: it will be asked
/// again if still needed, with ever fewer uplinks.
void drop_unanswered(UplinkExchange& exchange) {
  auto& pending = exchange.state.pending_requests;
  if (pending.empty()) return;
  // A repeated frame was sent before the device could hear us: no answer is to be missed yet.
  if (!exchange.context.retransmission) {
    std::vector<Cid> cids;
    for (const Command& request : pending) insert_sorted(cids, cid_of(request));
    for (const Cid cid : cids) {
      if (note_unanswered(exchange.state, cid, exchange.context.f_cnt))
        exchange.given_up_unheard.push_back(cid);
    }
    exchange.publish(EventName::command_unanswered, std::move(pending));
  }
  pending.clear();
}

}  // namespace

bool is_quiet(const MacState& state, const Decoded& commands) noexcept {
  return commands.commands.empty() && commands.stop == DecodeStop::end &&
         state.queued_responses.empty() && state.pending_requests.empty() &&
         state.recent_mac_command_identifiers.empty();
}

Result<UplinkStep> handle_uplink_commands(MacState state, const Decoded& commands,
                                          const UplinkContext& context) {
  auto recent = std::exchange(state.recent_mac_command_identifiers, {});
  UplinkExchange exchange{context, std::move(state), std::move(recent), {}, false, false, {}, {}};
  exchange.state.queued_responses.clear();
  std::vector<Cid> cids;
  for (const Command& command : commands.commands) {
    cids.push_back(cid_of(command));
    if (context.fresh_session && is_answer(command)) {
      return fail(request_not_found, {{"cid", static_cast<int>(cid_of(command))}});
    }
  }
  std::vector<Cid> deferred;
  std::size_t index = 0;
  while (index < commands.commands.size()) {
    const auto next = handle_one(exchange, commands, index, deferred);
    if (!next) {
      exchange.publish(EventName::command_process_fail, next.error());
      break;
    }
    index = *next;
  }
  if (index >= commands.commands.size()) publish_stop(exchange, commands);
  drop_unanswered(exchange);
  exchange.state.recent_mac_command_identifiers = std::move(cids);
  return UplinkStep{.next = std::move(exchange.state),
                    .events = std::move(exchange.events),
                    .deferred = std::move(deferred),
                    .given_up = std::move(exchange.given_up),
                    .given_up_unheard = std::move(exchange.given_up_unheard),
                    .rekeyed = exchange.rekeyed,
                    .reset = exchange.reset};
}

UplinkStep answer_deferred(UplinkStep step, const Reception& reception,
                           const UplinkContext& context) {
  UplinkExchange exchange{
      context, std::move(step.next), {}, std::move(step.events), false, false, {}, {}};
  for (const Cid cid : step.deferred) {
    if (cid == Cid::link_check) answer_link_check(exchange, reception);
    if (cid == Cid::device_time) answer_device_time(exchange, reception);
  }
  step.deferred.clear();
  step.next = std::move(exchange.state);
  step.events = std::move(exchange.events);
  return step;
}

}  // namespace ff::mac
