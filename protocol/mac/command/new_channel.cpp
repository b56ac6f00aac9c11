#include "protocol/mac/command/new_channel.hpp"

#include "protocol/mac/command/exchange.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac {
namespace {

/// The channel at `index`, an unused one beyond the end.
Channel channel_at(const std::vector<Channel>& channels, std::size_t index) {
  return index < channels.size() ? channels[index] : Channel{};
}

bool has_rejected_range(const Rejected& rejected, const Channel& channel) {
  const auto ranges = rejected.data_rate_ranges.find(channel.uplink_frequency);
  return ranges != rejected.data_rate_ranges.end() &&
         contains_sorted(ranges->second, range_of(channel));
}

bool is_rejected(const Rejected& rejected, const Channel& channel) {
  return contains_sorted(rejected.frequencies, channel.uplink_frequency) ||
         has_rejected_range(rejected, channel);
}

/// What is wanted of a channel. SF6 and SF5 are for devices whose radio has them: one that has
/// refused them gets the channel without.
Channel wanted_at(const MacState& state, const DeviceProfile& profile, std::size_t index) {
  Channel wanted = channel_at(state.desired.channels, index);
  const auto range = range_of(wanted);
  if (!region::is_coded(range) || !has_rejected_range(state.rejected, wanted)) return wanted;
  wanted.min_data_rate_index = region::lowest(range);
  wanted.max_data_rate_index = profile.region.adr_max_data_rate;
  return wanted;
}

NewChannelReq request_for(std::size_t index, const Channel& channel) {
  return {ChannelIndex{static_cast<std::uint8_t>(index)}, channel.uplink_frequency,
          channel.min_data_rate_index, channel.max_data_rate_index};
}

}  // namespace

bool needs_new_channel(const MacState& state, const DeviceProfile& profile, std::size_t index) {
  const region::Region& region = profile.region;
  // Default channels can not be changed: a device must refuse to. [TS001-1.0.4 §5.7]
  if (!region.has_new_channel || index < region.default_uplink_channels.size()) return false;
  if (index >= region.max_uplink_channels) return false;
  const Channel have = channel_at(state.current.channels, index);
  const Channel want = wanted_at(state, profile, index);
  if (!want.uplink_frequency.is_set()) return have.uplink_frequency.is_set();
  if (is_rejected(state.rejected, want)) return false;
  return have.uplink_frequency != want.uplink_frequency ||
         have.min_data_rate_index != want.min_data_rate_index ||
         have.max_data_rate_index != want.max_data_rate_index;
}

Requests new_channel_requests(const MacState& state, const DownlinkContext& context) {
  std::vector<Command> requests;
  const std::size_t count = std::max(state.current.channels.size(), state.desired.channels.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (!needs_new_channel(state, context.profile, i)) continue;
    const Command request = request_for(i, wanted_at(state, context.profile, i));
    if (is_refused(state.rejected, {&request, 1}, context.profile.region)) continue;
    requests.push_back(request);
  }
  return requests;
}

Status receive(UplinkExchange& exchange, const NewChannelAns& answer) {
  FF_TRY(const auto request, exchange.take_request<NewChannelReq>());
  const bool accepted = answer.channel_frequency_ok && answer.data_rate_range_ok;
  exchange.publish(
      accepted ? EventName::new_channel_answer_accept : EventName::new_channel_answer_reject,
      Command{answer});
  if (!request) return {};
  Rejected& rejected = exchange.state.rejected;
  if (!accepted && !request->frequency.is_set()) {
    // Refused to remove a channel: there is no frequency to remember.
    exchange.refused(*request);
    return {};
  }
  if (!answer.channel_frequency_ok) insert_sorted(rejected.frequencies, request->frequency);
  if (!answer.data_rate_range_ok) {
    insert_sorted(rejected.data_rate_ranges[request->frequency],
                  DataRateRange{request->min_data_rate_index, request->max_data_rate_index});
  }
  if (!accepted) {
    // One answer is enough: it names the value.
    exchange.given_up.push_back(Cid::new_channel);
    return {};
  }
  const std::size_t index = request->channel_index.value();
  auto& channels = exchange.state.current.channels;
  if (index >= exchange.context.profile.region.max_uplink_channels)
    return fail(corrupted_mac_state);
  if (channels.size() <= index) channels.resize(index + 1);
  channels[index] = request->frequency.is_set()
                        ? Channel{request->frequency, request->frequency,
                                  request->min_data_rate_index, request->max_data_rate_index, true}
                        : Channel{};
  return {};
}

}  // namespace ff::mac
