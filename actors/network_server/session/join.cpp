// Joins and rejoins: the question to the join server, and the session that its answer opens. [spec
// network-server §6; TS001-1.1 §6.2.4]
#include <algorithm>

#include "actors/network_server/session/downlink_frame.hpp"
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/event_data.hpp"
#include "actors/network_server/session/paths.hpp"
#include "actors/network_server/session/state.hpp"
#include "protocol/join/join_accept.hpp"
#include "protocol/mac/initial.hpp"
#include "protocol/roaming/uplink_token.hpp"
#include "protocol/types/dev_addr_allocation.hpp"

namespace ff::network_server {
namespace {

constexpr std::size_t long_join_accept_size = 33;
/// How often a random address equal to the current one is drawn again. [spec network-server §6.3]
constexpr int address_draws_max = 5;
constexpr int home_draws_max = 64;
/// Copies of a join-request are collected for so long. [spec network-server §1.2, §6.10]
constexpr Duration join_collection = std::chrono::seconds{6};

/// An address whose shard is the device's own, where the prefixes have one: then matching and
/// session are neighbours. [shared/design/architecture.md §5]
DevAddr choose_address(const Config& config, const Device& device, storage::ShardCount count,
                       Random& random) {
  const auto& prefixes = config.addresses.of(device.ids.uid.application_id.text());
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

/// Whether a join-accept with CFList fits one of the windows of a device that listens with
/// `listening`. [spec network-server §6.4]
bool fits_long_join_accept(const mac::DeviceProfile& profile, const mac::MacState& listening,
                           DataRateIndex uplink) {
  const auto& region = profile.region;
  const auto dwell = mac::expected_downlink_dwell(listening, profile);
  const auto room = [&](DataRateIndex index) {
    const auto window = open_window(profile, index, region.rx2_frequency, dwell);
    return window ? window->max_mac_payload + 5 : 0;
  };
  const auto& current = listening.current;
  const auto rx1 = region.rx1_data_rate(uplink, current.rx1_data_rate_offset, dwell);
  const auto best = std::max(rx1 ? room(*rx1) : 0, room(current.rx2_data_rate_index));
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

/// Networks that forwarded the request wait for an answer.
void refuse_forwarded(const std::vector<DownlinkPath>& paths, const Error& error, Outcome& out) {
  for (const auto& path : paths) {
    if (roaming::is_uplink_token(path.uplink_token))
      out.effects.emplace_back(RefuseForwarded{path.uplink_token, error});
  }
}

/// As our join server says it. A key that is missing (`kek`) is not found, too, and no reason to
/// show the device to strangers.
bool is_unknown(const Error& error) {
  return error.name() == "device_not_found" || error.name() == "unknown_join_eui";
}

}  // namespace

/// A join- or rejoin-request on its way to the join server.
struct SessionState::JoinWork {
  const JoinRequestReceived& event;
  Radio radio;
  std::optional<phy::RejoinRequestView> rejoin;
  JoinEui join_eui;
  DevEui dev_eui;
  /// What the device begins the new session with.
  mac::MacState mac_state;
  Answerable answerable;
};

void SessionState::on(const JoinRequestReceived& event, const Turn& turn, Outcome& out) {
  if (!device_ || take_join_copy(event, turn, out)) return;
  JoinWork work{.event = event,
                .radio = {},
                .rejoin = {},
                .join_eui = {},
                .dev_eui = {},
                .mac_state = {},
                .answerable = {}};
  const auto status = [&]() -> Status {
    if (!device_->supports_join) return fail(abp_join_request);
    if (device_->lorawan_version == MacVersion::unknown) return fail(unknown_mac_version);
    FF_TRY(work.radio, radio_of(*device_, surroundings_.plans));
    FF_CHECK(read_join(work));
    FF_CHECK(begin_mac_state(work));
    return find_join_windows(work);
  }();
  if (!status) {
    refuse_forwarded(paths_of(*event.rx_metadata), status.error(), out);
    return drop_join(*event.frame, status.error(), turn, out);
  }
  ask_join_server(std::move(work), turn, out);
}

/// A gateway close to the device hears it on the neighbouring channels too, and a copy may come
/// when the window for copies is over. Asked of once more the join server would refuse it, for its
/// nonce is used now, and the join under way would be lost.
bool SessionState::take_join_copy(const JoinRequestReceived& event, const Turn& turn,
                                  Outcome& out) {
  const bool is_copy = asked_join_ && asked_join_->phy_payload == event.frame->phy_payload &&
                       turn.now.utc - asked_join_->at < join_collection;
  if (!is_copy) return false;
  note(turn, JoinJudged{JoinStage::repeated, {}, {}});
  if (joining_) {
    answer_louder_copy(joining_->answerable, event);
  } else if (awaits_join_accept(turn.now.utc) && !in_flight_) {
    answer_louder_copy(*answerable_, event);
  } else {
    refuse_forwarded(paths_of(*event.rx_metadata), Error(duplicate_uplink), out);
  }
  return true;
}

/// Its gateways may answer too. The loudest copy was heard on the channel that the device sent on,
/// which is the one where it listens.
void SessionState::answer_louder_copy(Answerable& join, const JoinRequestReceived& event) const {
  auto paths = paths_of(*event.rx_metadata);
  const auto signal = signal_of(*event.rx_metadata);
  if (signal <= join.signal) {
    join.paths = joined_paths(std::move(join.paths), paths);
    return;
  }
  join.paths = joined_paths(std::move(paths), join.paths);
  const auto& state = join.in_session ? *device_->mac_state
                      : joining_      ? joining_->mac_state
                                      : *device_->pending_mac_state;
  const auto channel = channel_of(state, event.frame->settings.frequency);
  if (!channel) return;
  join.signal = signal;
  join.channel_index = *channel;
  join.rx1_frequency = state.current.channels[channel->value()].downlink_frequency;
}

/// A join-accept is on its way to the device, which listens to nothing else.
bool SessionState::awaits_join_accept(UtcTime now) const {
  return answerable_ && answerable_->is_join && device_->pending_mac_state &&
         device_->pending_mac_state->queued_join_accept &&
         now < last_window_at(*answerable_, join_accept_delay);
}

Status SessionState::read_join(JoinWork& work) const {
  const auto frame = phy::decode_frame(work.event.frame->phy_payload);
  if (!frame) return fail(frame.error());
  if (const auto* join = std::get_if<phy::JoinRequestView>(&frame->body)) {
    work.join_eui = join->request.join_eui;
    work.dev_eui = join->request.dev_eui;
    return {};
  }
  const auto* rejoin = std::get_if<phy::RejoinRequestView>(&frame->body);
  if (rejoin == nullptr || !device_->ids.join_eui) return fail(rejoin_request);
  work.rejoin = *rejoin;
  work.join_eui = *device_->ids.join_eui;
  work.dev_eui = rejoin->request.dev_eui;
  return check_rejoin(*rejoin);
}

/// Type 1 is signed with a key of the join server, which has the last word; types 0 and 2 with this
/// session's. [TS001-1.1 §6.2.4]
Status SessionState::check_rejoin(const phy::RejoinRequestView& rejoin) const {
  const auto& request = rejoin.request;
  if (!at_least(device_->lorawan_version, MacVersion::v1_1)) return fail(rejoin_request);
  if (request.type == phy::RejoinType::full_context) return {};
  const bool has_session = device_->session && device_->mac_state &&
                           at_least(device_->mac_state->lorawan_version, MacVersion::v1_1);
  if (!has_session) return fail(rejoin_request);
  if (request.net_id != surroundings_.config.net_id)
    return fail(rejoin_net_id, {{"net_id", to_string(request.net_id)}});
  const auto& session = *device_->session;
  if (!join::check_rejoin_request_mic(rejoin, session.keys.s_nwk_s_int_key))
    return fail(rejoin_mic_mismatch);
  if (const auto last = session.last_rj_count_0; last && request.rejoin_count <= *last) {
    return fail(rj_count_too_small, {{"rj_count", request.rejoin_count}, {"last_rj_count", *last}});
  }
  return {};
}

Status SessionState::begin_mac_state(JoinWork& work) const {
  if (work.rejoin && work.rejoin->request.type == phy::RejoinType::rekey) {
    work.mac_state = mac::rekeyed_state(*device_->mac_state);
    return {};
  }
  FF_TRY(work.mac_state, mac::initial_state(profile(*device_, work.radio)));
  return {};
}

/// A device that rejoins listens as its present session has it.
Status SessionState::find_join_windows(JoinWork& work) const {
  const auto& frame = *work.event.frame;
  const bool in_session = work.rejoin && device_->mac_state;
  const auto& state = in_session ? *device_->mac_state : work.mac_state;
  const auto data_rate = work.radio.region->uplink_data_rate_index(frame.settings.data_rate);
  if (!data_rate) return fail(data_rate_not_found);
  const auto channel = channel_of(state, frame.settings.frequency);
  if (!channel) return fail(uplink_channel_not_found);
  if (!in_session)
    mac::note_join_channel(work.mac_state, profile(*device_, work.radio), frame.settings.frequency);
  work.answerable = {.paths = paths_of(*work.event.rx_metadata),
                     .data_rate_index = *data_rate,
                     .channel_index = *channel,
                     .rx1_frequency = state.current.channels[channel->value()].downlink_frequency,
                     .received_at = frame.received_at,
                     .f_cnt = {},
                     .confirmed = false,
                     .adr_ack_req = false,
                     .is_join = true,
                     .in_session = in_session,
                     .signal = signal_of(*work.event.rx_metadata),
                     .correlation_ids = frame.correlation_ids,
                     .relay = relay_of(*work.event.rx_metadata, uid_.application_id)};
  return {};
}

mac::JoinParameters SessionState::join_parameters(const JoinWork& work, const Turn& turn) const {
  const auto& state = work.mac_state;
  const auto& region = *work.radio.region;
  mac::JoinParameters parameters{.dev_addr = choose_address(surroundings_.config, *device_,
                                                            surroundings_.shard_count, turn.random),
                                 .net_id = surroundings_.config.net_id,
                                 .rx1_delay = state.desired.rx1_delay,
                                 .rx1_data_rate_offset = state.desired.rx1_data_rate_offset,
                                 .rx2_data_rate_index = state.desired.rx2_data_rate_index,
                                 .opt_neg = at_least(device_->lorawan_version, MacVersion::v1_1),
                                 .cf_list = {}};
  const bool keeps_channels = work.rejoin && work.rejoin->request.type == phy::RejoinType::rekey;
  const auto& listening = work.answerable.in_session ? *device_->mac_state : state;
  if (!keeps_channels && fits_long_join_accept(profile(*device_, work.radio), listening,
                                               work.answerable.data_rate_index)) {
    parameters.cf_list = mac::cf_list(state.desired, region);
  }
  return parameters;
}

void SessionState::ask_join_server(JoinWork work, const Turn& turn, Outcome& out) {
  const auto ids = work.event.frame->correlation_ids;
  const auto parameters = join_parameters(work, turn);
  const auto dl_settings =
      join::encode_dl_settings({.opt_neg = parameters.opt_neg,
                                .rx1_dr_offset = parameters.rx1_data_rate_offset,
                                .rx2_dr = parameters.rx2_data_rate_index});
  if (!dl_settings) return drop_join(*work.event.frame, dl_settings.error(), turn, out);

  auto next = *device_;
  const auto attempt = ++next.attempts;
  AskJoinServer question{.attempt = attempt,
                         .join_request = work.event.frame->phy_payload,
                         .join_eui = work.join_eui,
                         .dev_eui = work.dev_eui,
                         .dev_addr = parameters.dev_addr,
                         .mac_version = device_->lorawan_version,
                         .net_id = parameters.net_id,
                         .dl_settings = *dl_settings,
                         .rx_delay = static_cast<std::uint8_t>(parameters.rx1_delay.count()),
                         .cf_list = parameters.cf_list,
                         .interop = false,
                         .correlation_ids = ids};
  if (work.rejoin && work.rejoin->request.type != phy::RejoinType::full_context)
    next.session->last_rj_count_0 = work.rejoin->request.rejoin_count;
  device_ = std::make_shared<const Device>(std::move(next));
  asked_join_ = AskedJoin{work.event.frame->phy_payload, turn.now.utc};
  auto uplink = shown(*work.event.frame, work.event.rx_metadata, work.answerable.channel_index);
  joining_ = Joining{.attempt = attempt,
                     .since = turn.now.mono,
                     .mac_state = std::move(work.mac_state),
                     .request = parameters,
                     .answerable = std::move(work.answerable),
                     .question = std::move(question),
                     .shown = std::move(uplink)};
  note(turn, JoinJudged{JoinStage::asked, parameters.dev_addr, {}});
  publish("ns.up.join.receive", ids, joining_->shown, turn, out);
  publish("ns.up.join.cluster.attempt", ids, shown(joining_->question), turn, out);
  out.effects.emplace_back(joining_->question);
}

void SessionState::publish_join_drop(ByteView request, const CorrelationIds& ids,
                                     const Error& error, const Turn& turn, Outcome& out) const {
  out.effects.emplace_back(CountFrame{network_server::m_type_of(request), {}, error});
  publish("ns.up.join.drop", ids, error, turn, out);
}

/// Our join server does not know the device: another network's may. True when it is asked.
/// [spec network-server §6.6]
bool SessionState::ask_elsewhere(const JoinAnswered& event, const Turn& turn, Outcome& out) {
  if (event.answer || !surroundings_.config.interop || joining_->question.interop) return false;
  if (!is_unknown(event.answer.error())) return false;
  const auto& ids = joining_->answerable.correlation_ids;
  publish("ns.up.join.cluster.fail", ids, event.answer.error(), turn, out);
  publish("ns.up.join.interop.attempt", ids, shown(joining_->question), turn, out);
  joining_->question.interop = true;
  out.effects.emplace_back(joining_->question);
  return true;
}

void SessionState::drop_join(const UplinkFrame& frame, const Error& error, const Turn& turn,
                             Outcome& out) {
  note(turn, JoinJudged{JoinStage::dropped, {}, std::make_shared<const Error>(error)});
  publish_join_drop(frame.phy_payload, frame.correlation_ids, error, turn, out);
}

void SessionState::on(const JoinAnswered& event, const Turn& turn, Outcome& out) {
  if (!device_ || !joining_ || joining_->attempt != event.attempt) return;
  if (ask_elsewhere(event, turn, out)) return;
  auto joining = *std::exchange(joining_, std::nullopt);
  const auto& ids = joining.answerable.correlation_ids;
  const bool interop = joining.question.interop;
  if (!event.answer) {
    note(turn, JoinJudged{JoinStage::refused, joining.request.dev_addr,
                          std::make_shared<const Error>(event.answer.error())});
    publish(interop ? "ns.up.join.interop.fail" : "ns.up.join.cluster.fail", ids,
            event.answer.error(), turn, out);
    refuse_forwarded(joining.answerable.paths, event.answer.error(), out);
    return publish_join_drop(joining.question.join_request, ids, event.answer.error(), turn, out);
  }
  note(turn, JoinJudged{JoinStage::accepted, joining.request.dev_addr, {}});
  publish(interop ? "ns.up.join.interop.success" : "ns.up.join.cluster.success", ids,
          shown(*event.answer), turn, out);

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
  tell_relays(*device_->pending_session, out);
  out.effects.emplace_back(CountFrame{
      network_server::m_type_of(joining.question.join_request), FrameStep::processed, {}});
  publish("ns.up.join.process", ids, joining.shown, turn, out);
}

}  // namespace ff::network_server
