#include "protocol/mac/command/dl_channel.hpp"

#include "protocol/mac/command/exchange.hpp"
#include "protocol/mac/refusal.hpp"

namespace ff::mac {

/// Only for channels the device already has as we want them; a channel still to be told comes
/// first.
Requests dl_channel_requests(const MacState& state, const DownlinkContext& context) {
  std::vector<Command> requests;
  const region::Region& region = context.profile.region;
  if (!region.has_dl_channel || !is_defined(Cid::dl_channel, state.lorawan_version))
    return requests;
  if (answered_last(state, Cid::dl_channel)) return requests;
  const auto& have = state.current.channels;
  const auto& want = state.desired.channels;
  for (std::size_t i = 0; i < have.size() && i < want.size(); ++i) {
    if (!have[i].uplink_frequency.is_set()) continue;
    if (have[i].uplink_frequency != want[i].uplink_frequency) continue;
    if (have[i].downlink_frequency == want[i].downlink_frequency) continue;
    if (contains_sorted(state.rejected.frequencies, want[i].downlink_frequency)) continue;
    const Command request =
        DlChannelReq{ChannelIndex{static_cast<std::uint8_t>(i)}, want[i].downlink_frequency};
    if (!is_refused(state.rejected, {&request, 1}, region)) requests.push_back(request);
  }
  return requests;
}

Status receive(UplinkExchange& exchange, const DlChannelAns& answer) {
  FF_TRY(const auto request, exchange.take_request<DlChannelReq>());
  const bool accepted = answer.channel_frequency_ok && answer.uplink_frequency_exists;
  exchange.publish(
      accepted ? EventName::dl_channel_answer_accept : EventName::dl_channel_answer_reject,
      Command{answer});
  if (!request) return {};
  MacState& state = exchange.state;
  if (!accepted) {
    if (answer.channel_frequency_ok) {
      exchange.refused(*request);
    } else {
      // One answer is enough: it names the value.
      insert_sorted(state.rejected.frequencies, request->frequency);
      exchange.given_up.push_back(Cid::dl_channel);
    }
    return {};
  }
  const std::size_t index = request->channel_index.value();
  if (index >= state.current.channels.size()) return fail(corrupted_mac_state);
  state.current.channels[index].downlink_frequency = request->frequency;
  return {};
}

}  // namespace ff::mac
