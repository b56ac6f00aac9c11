#include "protocol/mac/command/link_adr.hpp"

#include <algorithm>

#include "protocol/mac/command/exchange.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac {
namespace {

using region::ChannelMaskBlock;
using region::Region;

/// "Keep what you have", for devices that know it. [TS001-1.0.4 §5.3]
constexpr DataRateIndex keep_data_rate{15};
constexpr TxPowerIndex keep_tx_power{15};

bool knows_keep(MacVersion version) {
  return at_least(version, MacVersion::v1_0_4);
}
/// 1.0.2 to 1.0.4 answer each request of a block, all alike; 1.1 answers the block once; before,
/// each request stands alone.
bool answers_block(MacVersion version) {
  return at_least(version, MacVersion::v1_0_2);
}

/// The channels as masks see them.
struct Masks {
  std::vector<bool> defined;
  std::vector<bool> current;
  std::vector<bool> desired;
};

/// The masks once the NewChannelReqs of the same downlink are done: those channels exist and are
/// on. A channel the device has refused can not be wanted.
Result<Masks> masks_of(const MacState& state, const DeviceProfile& profile) {
  const auto& have = state.current.channels;
  const auto& want = state.desired.channels;
  const std::size_t count = profile.region.max_uplink_channels;
  if (have.size() > count || want.size() > count) return fail(corrupted_mac_state);
  Masks masks{std::vector<bool>(count), std::vector<bool>(count), std::vector<bool>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    const bool exists = i < have.size() && have[i].uplink_frequency.is_set();
    const bool wanted = i < want.size() && want[i].uplink_frequency.is_set();
    if (i < want.size() && want[i].enabled && !wanted) return fail(corrupted_mac_state);
    if (needs_new_channel(state, profile, i)) {
      masks.defined[i] = masks.current[i] = wanted;
    } else {
      masks.defined[i] = exists;
      masks.current[i] = exists && have[i].enabled;
    }
    const bool same = wanted && (!exists || have[i].uplink_frequency == want[i].uplink_frequency);
    masks.desired[i] = wanted && want[i].enabled && masks.defined[i] &&
                       (same || needs_new_channel(state, profile, i));
  }
  // Every channel refused: better the device's own set than none.
  if (std::ranges::none_of(masks.desired, std::identity{})) masks.desired = masks.current;
  return masks;
}

DataRateIndex lowest_data_rate(const std::vector<Channel>& channels) {
  DataRateIndex lowest{15};
  for (const Channel& channel : channels) {
    if (channel.enabled) lowest = std::min(lowest, region::lowest(range_of(channel)));
  }
  return lowest;
}

struct AdrPair {
  DataRateIndex data_rate;
  TxPowerIndex tx_power;
};

/// Devices before 1.0.4 must be told some pair: undo the change step by step (power up, then data
/// rate down) until one that was not refused is found. [spec network-server §9.9]
std::optional<AdrPair> step_back(AdrPair pair, const MacState& state, const Region& region) {
  const Rejected& rejected = state.rejected;
  const auto bad_rate = [&] {
    return contains_sorted(rejected.adr_data_rate_indexes, pair.data_rate);
  };
  const auto bad_power = [&] {
    return contains_sorted(rejected.adr_tx_power_indexes, pair.tx_power);
  };
  const DataRateIndex lowest = lowest_data_rate(state.desired.channels);
  while (bad_rate() || bad_power()) {
    if (!bad_rate() && pair.tx_power.value() > 0) {
      pair.tx_power = TxPowerIndex{static_cast<std::uint8_t>(pair.tx_power.value() - 1)};
    } else if (const auto rate = region::slower(region, pair.data_rate);
               rate && pair.data_rate > lowest) {
      pair = {*rate, region.max_tx_power_index()};
    } else {
      return std::nullopt;
    }
  }
  return pair;
}

/// What to send for data rate and power; nothing if the device has refused all there is.
std::optional<AdrPair> pair_to_send(const MacState& state, const Region& region, bool unsure) {
  const MacParameters& have = state.current;
  const MacParameters& want = state.desired;
  AdrPair pair{want.adr_data_rate_index, want.adr_tx_power_index};
  if (!knows_keep(state.lorawan_version)) return step_back(pair, state, region);
  const Rejected& rejected = state.rejected;
  if ((pair.data_rate == have.adr_data_rate_index && !unsure) ||
      contains_sorted(rejected.adr_data_rate_indexes, pair.data_rate)) {
    pair.data_rate = keep_data_rate;
  }
  if ((pair.tx_power == have.adr_tx_power_index && !unsure) ||
      contains_sorted(rejected.adr_tx_power_indexes, pair.tx_power)) {
    pair.tx_power = keep_tx_power;
  }
  return pair;
}

bool changes(const AdrPair& pair, const MacState& state, const Masks& masks) {
  const MacParameters& have = state.current;
  const bool keeps_rate = pair.data_rate == have.adr_data_rate_index ||
                          (knows_keep(state.lorawan_version) && pair.data_rate == keep_data_rate);
  const bool keeps_power = pair.tx_power == have.adr_tx_power_index ||
                           (knows_keep(state.lorawan_version) && pair.tx_power == keep_tx_power);
  return !keeps_rate || !keeps_power || state.desired.adr_nb_trans != have.adr_nb_trans ||
         masks.current != masks.desired;
}

/// The device asks whether it is heard. What it has done for want of an answer is not known: it may
/// have gone back to full power and its default channels. Channels, data rate and power are told
/// again, once with each such uplink's answer. [spec network-server §23]
bool is_unsure(const MacState& state) {
  if (state.recent_uplinks.empty()) return false;
  const auto& last = state.recent_uplinks.front();
  return last.is_data && last.adr && last.adr_ack_req;
}

/// A channel that the device may have otherwise than it should counts as one that it has otherwise,
/// so that its mask is among the blocks.
void doubt(Masks& masks, const DeviceProfile& profile) {
  const auto defaults = initial_state(profile);
  if (!defaults) return;
  const auto& channels = defaults->current.channels;
  for (std::size_t i = 0; i < masks.current.size() && i < channels.size(); ++i) {
    const bool may_be_on = masks.current[i] || (masks.defined[i] && channels[i].enabled);
    if (may_be_on && !masks.desired[i]) masks.current[i] = true;
  }
}

std::vector<LinkADRReq> block_of(const AdrPair& pair, const MacState& state, const Masks& masks,
                                 const Region& region) {
  std::vector<LinkADRReq> block;
  for (const ChannelMaskBlock& mask : region.channel_mask_blocks(masks.current, masks.desired)) {
    block.push_back({pair.tx_power, pair.data_rate, mask.ch_mask, state.desired.adr_nb_trans,
                     mask.ch_mask_cntl});
  }
  return block;
}

void remember_refusal(Rejected& rejected, const LinkADRReq& last, const LinkADRAns& answer) {
  // 15 is no value: nothing can be learnt from its refusal.
  if (!answer.data_rate_ack && last.data_rate_index != keep_data_rate) {
    insert_sorted(rejected.adr_data_rate_indexes, last.data_rate_index);
  }
  if (!answer.tx_power_ack && last.tx_power_index != keep_tx_power) {
    insert_sorted(rejected.adr_tx_power_indexes, last.tx_power_index);
  }
}

/// The channels of a block without its other values, to remember the refusal of these channels
/// whatever else is asked for beside them. No request is like it: NbTrans 0 is never sent.
std::vector<Command> mask_of(std::span<const LinkADRReq> block) {
  std::vector<Command> masks;
  for (const LinkADRReq& request : block) {
    masks.emplace_back(LinkADRReq{{}, {}, request.channel_mask, 0, request.channel_mask_control});
  }
  return masks;
}

/// What was refused is history, but for other channels than those accepted now.
void forget_refused_blocks(Rejected& rejected, std::span<const LinkADRReq> accepted,
                           const Region& region) {
  const auto is_mask = [](const RefusedRequest& refused) {
    return (refused.request.back() & 0x0f) == 0;
  };
  std::erase_if(rejected.requests, [&](const RefusedRequest& refused) {
    return refused.cid == Cid::link_adr && !refused.request.empty() && !is_mask(refused);
  });
  forget_refusal(rejected, mask_of(accepted), region);
}

/// The first pending LinkADRReq and, for versions that answer a block, those that follow it
/// directly.
Result<std::vector<LinkADRReq>> take_block(UplinkExchange& exchange) {
  auto& pending = exchange.state.pending_requests;
  const auto is_link_adr = [](const Command& c) { return cid_of(c) == Cid::link_adr; };
  const auto first = std::ranges::find_if(pending, is_link_adr);
  if (first == pending.end()) {
    return fail(request_not_found, {{"cid", static_cast<int>(Cid::link_adr)}});
  }
  auto last = std::find_if_not(first, pending.end(), is_link_adr);
  if (!answers_block(exchange.state.lorawan_version)) last = first + 1;
  std::vector<LinkADRReq> block;
  for (auto it = first; it != last; ++it) {
    if (const auto* request = std::get_if<LinkADRReq>(&*it)) block.push_back(*request);
  }
  pending.erase(first, last);
  return block;
}

Status apply(MacState& state, const std::vector<LinkADRReq>& block, const UplinkContext& context) {
  const Region& region = context.profile.region;
  auto& channels = state.current.channels;
  std::vector<bool> defined(channels.size());
  std::vector<bool> enabled(channels.size());
  for (std::size_t i = 0; i < channels.size(); ++i) {
    defined[i] = channels[i].uplink_frequency.is_set();
    enabled[i] = channels[i].enabled;
  }
  for (const LinkADRReq& request : block) {
    const ChannelMaskBlock mask{request.channel_mask_control, request.channel_mask};
    FF_CHECK(region.apply_channel_mask(mask, defined, enabled));
  }
  for (std::size_t i = 0; i < channels.size(); ++i)
    channels[i].enabled = i < enabled.size() && enabled[i];

  // Of a block only the last request's values count. [TS001-1.0.4 §5.3]
  const LinkADRReq& last = block.back();
  const bool keep = knows_keep(state.lorawan_version);
  const bool sets_rate = !keep || last.data_rate_index != keep_data_rate;
  const bool sets_power = !keep || last.tx_power_index != keep_tx_power;
  if (sets_rate) state.current.adr_data_rate_index = last.data_rate_index;
  if (sets_power) state.current.adr_tx_power_index = last.tx_power_index;
  if (last.nb_trans != 0) state.current.adr_nb_trans = last.nb_trans;
  if (sets_rate || sets_power || last.nb_trans != 0) state.last_adr_change_f_cnt_up = context.f_cnt;
  return {};
}

}  // namespace

Requests link_adr_requests(const MacState& state, const DownlinkContext& context) {
  const Region& region = context.profile.region;
  if (context.profile.multicast) return std::vector<Command>{};
  if (state.desired.adr_tx_power_index > region.max_tx_power_index())
    return fail(corrupted_mac_state);
  FF_TRY(Masks masks, masks_of(state, context.profile));
  const bool unsure = is_unsure(state);
  const auto held = masks.current;
  if (unsure) doubt(masks, context.profile);
  const auto pair = pair_to_send(state, region, unsure);
  if (!pair || (!unsure && !changes(*pair, state, masks))) return std::vector<Command>{};
  const auto refused = [&](std::span<const Command> r) {
    return is_refused(state.rejected, r, region);
  };
  auto block = block_of(*pair, state, masks, region);
  if (masks.current != masks.desired && refused(mask_of(block))) {
    // The device will not have these channels; the rest can still be agreed on.
    masks.desired = masks.current = held;
    if (!changes(*pair, state, masks)) return std::vector<Command>{};
    block = block_of(*pair, state, masks, region);
  }
  std::vector<Command> requests(block.begin(), block.end());
  if (refused(mask_of(block)) || refused(requests)) requests.clear();
  return requests;
}

Status receive(UplinkExchange& exchange, const LinkADRAns& answer) {
  FF_TRY(const auto block, take_block(exchange));
  MacState& state = exchange.state;
  const bool accepted = answer.channel_mask_ack && answer.data_rate_ack && answer.tx_power_ack;
  exchange.publish(accepted ? EventName::link_adr_answer_accept : EventName::link_adr_answer_reject,
                   Command{answer});
  if (block.empty()) return {};
  if (accepted) {
    forget_refused_blocks(state.rejected, block, exchange.context.profile.region);
    return apply(state, block, exchange.context);
  }
  remember_refusal(state.rejected, block.back(), answer);
  exchange.refused(answer.channel_mask_ack ? std::vector<Command>(block.begin(), block.end())
                                           : mask_of(block));
  return {};
}

}  // namespace ff::mac
