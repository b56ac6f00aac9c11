// Joins: the question to the join server, and the session that its answer opens. [spec
// network-server §6]
#include <algorithm>

#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/paths.hpp"
#include "actors/network_server/session/state.hpp"
#include "protocol/join/join_accept.hpp"
#include "protocol/mac/initial.hpp"
#include "protocol/types/dev_addr_allocation.hpp"

namespace ff::network_server {
namespace {

constexpr std::size_t long_join_accept_size = 33;
/// How often a random address equal to the current one is drawn again. [spec network-server §6.3]
constexpr int address_draws_max = 5;
constexpr int home_draws_max = 64;

/// An address whose shard is the device's own, where the prefixes have one: then matching and
/// session are neighbours. [architecture §5]
DevAddr choose_address(const Config& config, const Device& device, storage::ShardCount count,
                       Random& random) {
  const auto prefixes = dev_addr_prefixes(config.net_id, config.dev_addr_prefixes);
  const auto home = storage::shard_of(device.ids.uid, count);
  const auto current = device.session ? device.session->dev_addr : DevAddr{};
  auto address = draw_dev_addr(prefixes, random);
  for (int i = 0; i < home_draws_max * static_cast<int>(count.value()); ++i) {
    const bool at_home = storage::shard_of(address, count) == home;
    if (at_home && (address != current || !device.session)) break;
    address = draw_dev_addr(prefixes, random);
  }
  for (int i = 0; i < address_draws_max && device.session && address == current; ++i) {
    address = draw_dev_addr(prefixes, random);
  }
  return address;
}

/// Whether a join-accept with CFList fits one of the windows. [spec network-server §6.4]
bool fits_long_join_accept(const region::Region& region, DataRateIndex uplink) {
  const auto room = [&](DataRateIndex index) {
    return region.max_mac_payload(index, region::DwellTime::off) + std::size_t{5};
  };
  const auto rx1 = region.rx1_data_rate(uplink, DataRateOffset{0}, region::DwellTime::off);
  const auto best = std::max(rx1 ? room(*rx1) : 0, room(region.rx2_data_rate));
  return best >= long_join_accept_size;
}

std::optional<ChannelIndex> channel_of(const mac::MacState& state, Frequency frequency) {
  const auto& channels = state.current.channels;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (channels[i].uplink_frequency == frequency)
      return ChannelIndex{static_cast<std::uint8_t>(i)};
  }
  return std::nullopt;
}

}  // namespace

void SessionState::on(const JoinRequestReceived& event, const Turn& turn, Outcome& out) {
  if (!device_) return;
  const auto& ids = event.frame->correlation_ids;
  const auto drop = [&](const Error& error) { drop_join(ids, error, turn, out); };
  if (!device_->supports_join) return drop(Error(abp_join_request));
  if (device_->lorawan_version == MacVersion::unknown) return drop(Error(unknown_mac_version));
  auto radio = radio_of(*device_, surroundings_.plans);
  if (!radio) return drop(radio.error());
  auto state = mac::initial_state(profile(*device_, *radio));
  if (!state) return drop(state.error());
  const auto data_rate = radio->region->uplink_data_rate_index(event.frame->settings.data_rate);
  if (!data_rate) return drop(Error(data_rate_not_found));
  const auto channel = channel_of(*state, event.frame->settings.frequency);
  if (!channel) return drop(Error(uplink_channel_not_found));
  const auto join = phy::decode_frame(event.frame->phy_payload);
  const auto* request = join ? std::get_if<phy::JoinRequestView>(&join->body) : nullptr;
  if (!request) return;

  const bool is_1_1 = at_least(device_->lorawan_version, MacVersion::v1_1);
  mac::JoinParameters parameters{.dev_addr = choose_address(surroundings_.config, *device_,
                                                            surroundings_.shard_count, turn.random),
                                 .net_id = surroundings_.config.net_id,
                                 .rx1_delay = state->desired.rx1_delay,
                                 .rx1_data_rate_offset = state->desired.rx1_data_rate_offset,
                                 .rx2_data_rate_index = state->desired.rx2_data_rate_index,
                                 .opt_neg = is_1_1,
                                 .cf_list = {}};
  if (fits_long_join_accept(*radio->region, *data_rate)) {
    parameters.cf_list = mac::cf_list(state->desired, *radio->region);
  }
  const auto dl_settings =
      join::encode_dl_settings({.opt_neg = parameters.opt_neg,
                                .rx1_dr_offset = parameters.rx1_data_rate_offset,
                                .rx2_dr = parameters.rx2_data_rate_index});
  if (!dl_settings) return drop(dl_settings.error());

  const auto joining_channels = state->current.channels;
  auto next = *device_;
  const auto attempt = ++next.attempts;
  device_ = std::make_shared<const Device>(std::move(next));
  joining_ =
      Joining{.attempt = attempt,
              .since = turn.now.mono,
              .mac_state = *std::move(state),
              .request = parameters,
              .answerable = {.paths = paths_of(event.rx_metadata),
                             .data_rate_index = *data_rate,
                             .channel_index = *channel,
                             .rx1_frequency = joining_channels[channel->value()].downlink_frequency,
                             .received_at = event.frame->received_at,
                             .f_cnt = {},
                             .confirmed = false,
                             .adr_ack_req = false,
                             .is_join = true,
                             .correlation_ids = ids}};
  note(turn, JoinJudged{JoinStage::asked, parameters.dev_addr, {}});
  publish("ns.up.join.receive", ids, {}, turn, out);
  publish("ns.up.join.cluster.attempt", ids, {}, turn, out);
  out.effects.emplace_back(
      AskJoinServer{.attempt = attempt,
                    .join_request = event.frame->phy_payload,
                    .join_eui = request->request.join_eui,
                    .dev_eui = request->request.dev_eui,
                    .dev_addr = parameters.dev_addr,
                    .mac_version = device_->lorawan_version,
                    .net_id = parameters.net_id,
                    .dl_settings = *dl_settings,
                    .rx_delay = static_cast<std::uint8_t>(parameters.rx1_delay.count()),
                    .cf_list = parameters.cf_list});
}

void SessionState::drop_join(const CorrelationIds& correlation_ids, const Error& error,
                             const Turn& turn, Outcome& out) {
  note(turn, JoinJudged{JoinStage::dropped, {}, std::make_shared<const Error>(error)});
  publish("ns.up.join.drop", correlation_ids, error, turn, out);
}

void SessionState::on(const JoinAnswered& event, const Turn& turn, Outcome& out) {
  if (!device_ || !joining_ || joining_->attempt != event.attempt) return;
  auto joining = *std::exchange(joining_, std::nullopt);
  const auto& ids = joining.answerable.correlation_ids;
  if (!event.answer) {
    note(turn, JoinJudged{JoinStage::refused, joining.request.dev_addr,
                          std::make_shared<const Error>(event.answer.error())});
    publish("ns.up.join.cluster.fail", ids, event.answer.error(), turn, out);
    return publish("ns.up.join.drop", ids, event.answer.error(), turn, out);
  }
  note(turn, JoinJudged{JoinStage::accepted, joining.request.dev_addr, {}});
  publish("ns.up.join.cluster.success", ids, {}, turn, out);

  const auto& keys = event.answer->keys;
  const mac::NetworkSessionKeys session_keys{keys.session_key_id, keys.f_nwk_s_int_key,
                                             keys.s_nwk_s_int_key, keys.nwk_s_enc_key};
  auto state = std::move(joining.mac_state);
  mac::push_recent(state, mac::RecentUplink{.is_data = false,
                                            .data_rate_index = joining.answerable.data_rate_index,
                                            .channel_index = joining.answerable.channel_index,
                                            .max_snr_db = {},
                                            .received_at = joining.answerable.received_at});
  state.rx_windows_available = true;
  state.queued_join_accept = mac::QueuedJoinAccept{.payload = event.answer->join_accept,
                                                   .request = joining.request,
                                                   .keys = session_keys,
                                                   .app_s_key = keys.app_s_key,
                                                   .correlation_ids = ids};
  auto next = *device_;
  const auto old_pending =
      std::exchange(next.pending_session, mac::Session{.dev_addr = joining.request.dev_addr,
                                                       .keys = session_keys,
                                                       .last_conf_f_cnt_down = {},
                                                       .queued_application_downlinks = {}});
  next.pending_mac_state = std::move(state);
  device_ = std::make_shared<const Device>(std::move(next));
  answerable_ = std::move(joining.answerable);
  if (old_pending) unindex(*old_pending, true, out);
  // The index knows the session before the JoinAccept leaves: it wakes us.
  index(*device_->pending_session, *device_->pending_mac_state, true, true, out);
  publish("ns.up.join.process", ids, {}, turn, out);
}

}  // namespace ff::network_server
