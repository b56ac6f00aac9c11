#include "protocol/mac/downlink.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <utility>

#include "protocol/mac/command/codec.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac {
namespace {

/// How one command is asked for. `whole`: its requests belong together and are sent all or not at
/// all. `answered`: an answer is waited for.
struct RequestRule {
  Cid cid;
  Requests (*requests)(const MacState& state, const DownlinkContext& context);
  EventName event;
  bool whole = false;
  bool answered = true;
};

// The order of sending. LinkADR follows NewChannel because its mask counts on the new channels.
// [spec network-server §8.1]
constexpr std::array rules{
    RequestRule{Cid::duty_cycle, duty_cycle_requests, EventName::duty_cycle_request},
    RequestRule{Cid::tx_param_setup, tx_param_setup_requests, EventName::tx_param_setup_request},
    RequestRule{Cid::rx_param_setup, rx_param_setup_requests, EventName::rx_param_setup_request},
    RequestRule{Cid::new_channel, new_channel_requests, EventName::new_channel_request},
    RequestRule{Cid::link_adr, link_adr_requests, EventName::link_adr_request, true},
    RequestRule{Cid::rx_timing_setup, rx_timing_setup_requests, EventName::rx_timing_setup_request},
    RequestRule{Cid::beacon_freq, beacon_freq_requests, EventName::beacon_freq_request},
    RequestRule{Cid::ping_slot_channel, ping_slot_channel_requests,
                EventName::ping_slot_channel_request},
    RequestRule{Cid::dl_channel, dl_channel_requests, EventName::dl_channel_request},
    RequestRule{Cid::adr_param_setup, adr_param_setup_requests, EventName::adr_param_setup_request},
    RequestRule{Cid::force_rejoin, force_rejoin_requests, EventName::force_rejoin_request, false,
                false},
    RequestRule{Cid::rejoin_param_setup, rejoin_param_setup_requests,
                EventName::rejoin_param_setup_request},
    RequestRule{Cid::dev_status, dev_status_requests, EventName::dev_status_request},
    RequestRule{Cid::relay_conf, relay_conf_requests, EventName::relay_conf_request},
    RequestRule{Cid::relay_end_device_conf, relay_end_device_conf_requests,
                EventName::relay_end_device_conf_request},
    RequestRule{Cid::relay_update_uplink_list, relay_update_uplink_list_requests,
                EventName::relay_update_uplink_list_request},
    RequestRule{Cid::relay_ctrl_uplink_list, relay_ctrl_uplink_list_requests,
                EventName::relay_ctrl_uplink_list_request},
    RequestRule{Cid::relay_configure_fwd_limit, relay_configure_fwd_limit_requests,
                EventName::relay_configure_fwd_limit_request},
};

/// What is due now. A request that the device keeps leaving unanswered is held back, and LinkADR
/// with NewChannel, on whose channels its mask counts.
Requests due_of(const RequestRule& rule, const MacState& state, const DownlinkContext& context) {
  const auto held_back = [&](Cid cid) { return !may_ask(state, cid, context.last_f_cnt_up); };
  if (held_back(rule.cid)) return std::vector<Command>{};
  if (rule.cid == Cid::link_adr && held_back(Cid::new_channel)) {
    FF_TRY(const auto channels, new_channel_requests(state, context));
    if (!channels.empty()) return std::vector<Command>{};
  }
  return rule.requests(state, context);
}

/// Octets of the answer to one request, CID included.
std::size_t answer_size(const Command& request) {
  switch (cid_of(request)) {
    case Cid::force_rejoin:
      return 0;
    case Cid::dev_status:
      return 1 + DevStatusAns::kind.length;
    case Cid::relay_ctrl_uplink_list:
      return 1 + CtrlUplinkListAns::kind.length;
    case Cid::duty_cycle:
    case Cid::tx_param_setup:
    case Cid::rx_timing_setup:
    case Cid::adr_param_setup:
    case Cid::relay_update_uplink_list:
    case Cid::relay_configure_fwd_limit:
      return 1;
    default:
      return 2;
  }
}

/// Octets of the answers to `requests`; 1.1 answers a block of LinkADRReq once. Only 1.1 forbids to
/// ask for more than the device can answer; older devices leave out what does not fit. [spec
/// network-server §7.3]
std::size_t answers_size(std::span<const Command> requests, MacVersion version, bool whole) {
  if (!at_least(version, MacVersion::v1_1) || requests.empty()) return 0;
  if (whole) return answer_size(requests.front());
  std::size_t size = 0;
  for (const Command& request : requests) size += answer_size(request);
  return size;
}

std::size_t size_of(std::span<const Command> commands) {
  std::size_t size = 0;
  for (const Command& command : commands) size += encoded_size(command);
  return size;
}

/// Commands on their way into one downlink.
class Builder {
 public:
  Builder(const MacState& state, const DownlinkContext& context, CommandBudget budget)
      : context_(context), budget_(budget) {
    step_.next = state;
    step_.next.pending_requests.clear();
  }

  /// Answers first. One that does not fit is dropped: it would be stale next time, and the device
  /// asks again.
  void add_responses() {
    for (Command& response : std::exchange(step_.next.queued_responses, {})) {
      if (encoded_size(response) <= budget_.downlink) {
        append(response);  // on failure its event tells
      } else {
        step_.f_pending = true;
      }
    }
  }

  /// False when something did not fit: what follows waits for the next downlink, to keep the order.
  bool add_requests(const RequestRule& rule) {
    const auto due = due_of(rule, step_.next, context_);
    if (!due) {
      step_.events.push_back({EventName::command_process_fail, due.error()});
      return true;
    }
    const std::size_t count = rule.whole ? (fits(*due, true) ? due->size() : 0) : fitting(*due);
    for (std::size_t i = 0; i < count; ++i) {
      if (!append((*due)[i])) continue;
      if (rule.answered) step_.next.pending_requests.push_back((*due)[i]);
      step_.events.push_back({rule.event, event_data((*due)[i])});
    }
    if (rule.cid == Cid::force_rejoin && count > 0) step_.next.force_rejoin.reset();
    const auto sent = std::span(*due).first(count);
    budget_.uplink -= std::min(budget_.uplink, answers_size(sent, version(), rule.whole));
    if (count == due->size()) return true;
    step_.f_pending = true;
    return false;
  }

  DownlinkStep finish() && {
    step_.in_f_opts = step_.commands.size() <= f_opts_max;
    return std::move(step_);
  }

 private:
  MacVersion version() const { return step_.next.lorawan_version; }

  bool fits(std::span<const Command> requests, bool whole) const {
    return size_of(requests) <= budget_.downlink &&
           answers_size(requests, version(), whole) <= budget_.uplink;
  }
  std::size_t fitting(std::span<const Command> requests) const {
    std::size_t count = requests.size();
    while (count > 0 && !fits(requests.first(count), false)) --count;
    return count;
  }
  /// Requests without fields are told by their event's name alone. [spec radio-events-errors §2.3]
  static EventData event_data(const Command& request) {
    if (encoded_size(request) == 1) return {};
    return request;
  }
  bool append(const Command& command) {
    const WireFormat format{context_.profile.region.frequency_step_hz};
    const std::size_t before = step_.commands.size();
    if (const Status status = encode(command, format, step_.commands); !status) {
      step_.events.push_back({EventName::command_process_fail, status.error()});
      return false;
    }
    budget_.downlink -= step_.commands.size() - before;
    return true;
  }

  const DownlinkContext& context_;
  CommandBudget budget_;
  DownlinkStep step_;
};

}  // namespace

DownlinkStep enqueue_commands(const MacState& state, const DownlinkContext& context,
                              CommandBudget budget) {
  Builder builder(state, context, budget);
  builder.add_responses();
  for (const RequestRule& rule : rules) {
    if (!builder.add_requests(rule)) break;
  }
  return std::move(builder).finish();
}

bool needs_downlink(const MacState& state, const DownlinkContext& context) {
  if (!state.queued_responses.empty() || has_sticky_answer(state)) return true;
  return std::ranges::any_of(rules, [&](const RequestRule& rule) {
    const auto due = due_of(rule, state, context);
    return due && !due->empty();
  });
}

std::vector<Cid> due_requests(const MacState& state, const DownlinkContext& context) {
  std::vector<Cid> cids;
  for (const RequestRule& rule : rules) {
    const auto due = due_of(rule, state, context);
    if (due) cids.insert(cids.end(), due->size(), rule.cid);
  }
  return cids;
}

}  // namespace ff::mac
