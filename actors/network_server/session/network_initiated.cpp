// Downlinks of classes B and C: an application's item goes when the device listens and the gateways
// are free, without an uplink before it. [spec network-server §11, §15, §16]
#include <algorithm>

#include "actors/network_server/session/downlink_frame.hpp"
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/state.hpp"
#include "protocol/mac/adr/adr.hpp"
#include "protocol/mac/initial.hpp"
#include "protocol/mac/ping_slot.hpp"

namespace ff::network_server {
namespace {

/// Each try spends a counter, and a device hears none that is 16384 ahead: between two tries there
/// is twice the time, up to 4.7 minutes. [spec network-server §11.1]
constexpr Duration retry_after = std::chrono::milliseconds{2200};
constexpr unsigned refusals_max = 8;

/// RX2 in class C; in class B the ping slot's channel. [spec network-server §15]
std::optional<Opening> window_of(const NetworkSlot& slot, const Device& device,
                                 const mac::DeviceProfile& profile) {
  const auto& region = profile.region;
  const auto& current = device.mac_state->current;
  const auto dwell = mac::expected_downlink_dwell(*device.mac_state, profile);
  if (slot.device_class == DeviceClass::c)
    return open_window(profile, current.rx2_data_rate_index, current.rx2_frequency, dwell);
  const auto frequency = current.ping_slot_frequency.is_set()
                             ? current.ping_slot_frequency
                             : mac::ping_frequency(region.ping_slot_frequencies,
                                                   device.session->dev_addr, to_gps(slot.at));
  return open_window(profile, *current.ping_slot_data_rate_index, frequency, dwell);
}

/// Where the item goes: each group is one emission. The application's gateways, or those that heard
/// the device last. [spec network-server §11.6]
std::vector<std::vector<DownlinkPath>> groups_of(const ApplicationDownlink& item,
                                                 const Device& device) {
  std::vector<std::vector<DownlinkPath>> groups;
  if (!item.class_b_c || item.class_b_c->gateways.empty()) {
    if (!device.last_paths.empty()) groups.push_back(device.last_paths);
    return groups;
  }
  auto gateways = item.class_b_c->gateways;
  std::ranges::stable_sort(gateways, {}, &ClassBCGateway::group_index);
  for (const auto& fixed : gateways) {
    const bool new_group = groups.empty() || fixed.group_index != (&fixed)[-1].group_index;
    if (new_group) groups.emplace_back();
    groups.back().push_back({fixed.gateway, fixed.antenna_index, {}});
  }
  return groups;
}

bool has_fixed_gateways(const ApplicationDownlink& item) noexcept {
  return item.class_b_c && !item.class_b_c->gateways.empty();
}
bool has_own_time(const ApplicationDownlink& item) noexcept {
  return item.class_b_c && item.class_b_c->absolute_time;
}

/// The gateways are not there, and will not be for asking again.
bool is_about_gateways(const Error& error) noexcept {
  return error.code() == Code::not_found || error.code() == Code::data_loss ||
         error.code() == Code::failed_precondition;
}

const Error& root_of(const Error& error) noexcept {
  const auto* at = &error;
  while (at->cause() != nullptr) at = at->cause();
  return *at;
}

}  // namespace

std::optional<UtcTime> SessionState::next_network_event(const Turn& turn) const {
  if (!device_ || asks_gateways() || !waits_for_network(*device_)) return std::nullopt;
  const auto radio = radio_of(*device_, surroundings_.plans);
  if (!radio || !device_->mac_settings.schedule_downlinks.value_or(true)) return std::nullopt;
  const auto device_profile = profile(*device_, *radio);
  auto at = acknowledgement_due(*device_, device_profile);
  if (const auto slot =
          next_network_slot(*device_, device_profile, turn.now.utc, network_not_before_))
    at = std::min(at.value_or(slot->ask_at()), slot->ask_at());
  return at;
}

void SessionState::defer_network(const Turn& turn) {
  network_not_before_ =
      turn.now.utc + retry_after * (1U << std::min(network_refusals_, refusals_max - 1));
  network_refusals_ = std::min(network_refusals_ + 1, refusals_max);
}

void SessionState::try_network_slot(const Turn& turn, Outcome& out) {
  if (!device_->mac_settings.schedule_downlinks.value_or(true))
    return note(turn, DownlinkNotSent{NoDownlink::disabled_by_settings});
  const auto radio = radio_of(*device_, surroundings_.plans);
  if (!radio) return note(turn, DownlinkNotSent{NoDownlink::radio_not_configured});
  for (;;) {
    const auto slot =
        next_network_slot(*device_, profile(*device_, *radio), turn.now.utc, network_not_before_);
    if (!slot) {
      const bool waits = !device_->session->queued_application_downlinks.empty();
      return note(turn, DownlinkNotSent{waits ? NoDownlink::listening_unknown
                                              : NoDownlink::nothing_to_send});
    }
    if (!slot->has_expired) {
      if (slot->is_due(turn.now.utc)) send_in_slot(*slot, *radio, turn, out);
      return;
    }
    const auto item = device_->session->queued_application_downlinks.front();
    fail_first_item(item, Error(downlink_expired), turn, out);
  }
}

void SessionState::fail_first_item(const ApplicationDownlink& item, const Error& error,
                                   const Turn& turn, Outcome& out) {
  auto next = *device_;
  drop_first_item(*next.session, item.f_cnt);
  device_ = std::make_shared<const Device>(std::move(next));
  fail_downlink(item, error, turn, out);
}

void SessionState::send_in_slot(const NetworkSlot& slot, const Radio& radio, const Turn& turn,
                                Outcome& out) {
  const auto before = device_;
  const auto device_profile = profile(*before, radio);
  const auto not_now = [&](NoDownlink reason) {
    note(turn, DownlinkNotSent{reason});
    const auto& item = before->session->queued_application_downlinks.front();
    if (has_own_time(item))
      return fail_first_item(item, Error(absolute_time_not_possible), turn, out);
    defer_network(turn);
  };
  const auto window = window_of(slot, *before, device_profile);
  if (!window) return not_now(NoDownlink::no_window);
  const auto groups = groups_of(before->session->queued_application_downlinks.front(), *before);
  if (groups.empty()) {
    publish("ns.down.data.schedule.fail", {}, Error(no_downlink_path), turn, out);
    return not_now(NoDownlink::no_gateway);
  }
  const auto room = room_in(window->max_mac_payload);
  const auto application = take_application_downlink(slot.device_class, {room, room}, turn, out);
  if (!application) return;
  // The slot and the gateways are those of the item that was first, which has failed.
  if (application->f_cnt != before->session->queued_application_downlinks.front().f_cnt)
    return wake(turn.now.utc);

  const auto version = before->mac_state->lorawan_version;
  auto next = *device_;
  const auto f_cnt = spend_counter(*next.session, at_least(version, MacVersion::v1_1), application);
  // No MAC commands: the device would answer them in an uplink of its own choosing.
  mac::DownlinkStep no_commands;
  no_commands.in_f_opts = true;
  auto frame = data_frame(next, no_commands, application);
  frame.f_ctrl.adr = !before->multicast && mac::adr::uses_adr(device_profile);
  // A device that always listens needs no invitation to.
  frame.f_ctrl.f_pending &= slot.device_class == DeviceClass::b;
  const auto payload = seal(std::move(frame), *next.session, version, f_cnt, std::nullopt);
  if (!payload) {
    publish("ns.down.data.schedule.fail", {}, payload.error(), turn, out);
    return not_now(NoDownlink::not_sealed);
  }
  device_ = std::make_shared<const Device>(std::move(next));

  InFlight flight;
  flight.since = turn.now.mono;
  flight.device_class = slot.device_class;
  flight.application = application;
  flight.f_cnt = f_cnt;
  flight.f_port = application->f_port;
  flight.confirmed = application->confirmed;
  flight.answers_f_cnt_up = before->session->last_f_cnt_up;
  flight.session_key_id = before->session->keys.session_key_id;
  flight.correlation_ids = application->correlation_ids;
  const auto priority =
      std::min(application->priority, surroundings_.config.max_application_priority);
  std::vector<TxRequest> requests;
  requests.reserve(groups.size());
  for (const auto& paths : groups) {
    requests.push_back({.device_class = slot.device_class,
                        .paths = paths,
                        .rx1 = {},
                        .rx2 = *window,
                        .priority = priority,
                        .absolute_time = slot.is_exact ? std::optional(slot.at) : std::nullopt,
                        .frequency_plan_id = before->frequency_plan_id});
  }
  transmit(std::move(flight), *payload, std::move(requests), turn, out);
}

/// No gateway took it. What can not succeed later is failed; the rest is numbered again by the
/// application server and tried again. [spec network-server §11.6]
void SessionState::network_refused(const InFlight& flight, const Error& error, const Turn& turn,
                                   Outcome& out) {
  defer_network(turn);
  if (!is_of_session(flight) || !flight.application) return;
  const auto& item = *flight.application;
  const auto give_up = [&](const ErrorDef& reason) {
    fail_first_item(item, Error(reason).caused_by(error), turn, out);
  };
  if (has_own_time(item)) return give_up(absolute_time_not_possible);
  if (has_fixed_gateways(item) && is_about_gateways(root_of(error)))
    return give_up(fixed_paths_not_possible);
  invalidate_queue(flight.f_cnt, turn, out);
}

/// The application server repeats a confirmed downlink, with a new counter, as often as it was told
/// to. [spec network-server §11.5, application-server §7.5]
void SessionState::give_up_acknowledgement(const Turn& turn, Outcome& out) {
  if (!device_ || !waits_for_network(*device_)) return;
  const auto radio = radio_of(*device_, surroundings_.plans);
  if (!radio) return;
  const auto due = acknowledgement_due(*device_, profile(*device_, *radio));
  if (!due || *due > turn.now.utc) return;
  auto next = *device_;
  const auto item = *std::exchange(next.mac_state->pending_application_downlink, std::nullopt);
  device_ = std::make_shared<const Device>(std::move(next));
  out.ups.push_back(up(DownlinkNacked{item}, item.correlation_ids, turn));
}

}  // namespace ff::network_server
