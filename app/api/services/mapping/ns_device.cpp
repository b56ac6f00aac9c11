#include "app/api/services/mapping/ns_device.hpp"

#include "app/api/services/mapping/mac_settings.hpp"
#include "app/api/services/mapping/mac_state.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/network_keys.hpp"
#include "app/api/services/mapping/relay.hpp"
#include "app/api/services/mapping/values.hpp"

namespace ff::api {
namespace {

using network_server::Device;

void put_session(const mac::Session& session, pb::Session& out) {
  out.set_dev_addr(to_field(session.dev_addr));
  put_network_keys(session.keys, *out.mutable_keys());
  out.set_last_f_cnt_up(session.last_f_cnt_up.value());
  out.set_last_n_f_cnt_down(session.last_n_f_cnt_down.value());
  out.set_last_a_f_cnt_down(session.last_a_f_cnt_down.value());
  if (session.last_conf_f_cnt_down)
    out.set_last_conf_f_cnt_down(session.last_conf_f_cnt_down->value());
  put_time(session.started_at, *out.mutable_started_at());
  for (const auto& downlink : session.queued_application_downlinks.items()) {
    put_downlink(*downlink, *out.add_queued_application_downlinks());
  }
}

mac::Session session_of(const pb::Session& from, mac::Session session) {
  session.dev_addr = dev_addr_of(from.dev_addr()).value_or(DevAddr());
  session.keys = network_keys_of(from.keys());
  session.last_f_cnt_up = FCnt32(from.last_f_cnt_up());
  session.last_n_f_cnt_down = FCnt32(from.last_n_f_cnt_down());
  session.last_a_f_cnt_down = FCnt32(from.last_a_f_cnt_down());
  // 0 in the API is also "none": the difference stays unless another value is given.
  if (from.last_conf_f_cnt_down() != session.last_conf_f_cnt_down.value_or(FCnt32()).value()) {
    session.last_conf_f_cnt_down = FCnt32(from.last_conf_f_cnt_down());
  }
  if (from.has_started_at()) session.started_at = time_of(from.started_at());
  std::vector<mac::DownlinkQueue::Item> queue;
  queue.reserve(static_cast<std::size_t>(from.queued_application_downlinks_size()));
  for (const auto& downlink : from.queued_application_downlinks())
    queue.push_back(std::make_shared<const ApplicationDownlink>(downlink_of(downlink)));
  session.queued_application_downlinks.clear();
  session.queued_application_downlinks.append(std::move(queue));
  return session;
}

void put_status(const mac::DeviceStatus& status, pb::EndDevice& out) {
  if (status.received_at != UtcTime())
    put_time(status.received_at, *out.mutable_last_dev_status_received_at());
  out.set_downlink_margin(status.margin_db);
  if (status.external_power) out.set_power_state(pb::POWER_EXTERNAL);
  if (!status.battery) return;
  out.set_power_state(pb::POWER_BATTERY);
  out.mutable_battery_percentage()->set_value(*status.battery);
}

/// Nothing when `device` says nothing of a status.
std::optional<mac::DeviceStatus> status_of(const pb::EndDevice& device,
                                           std::optional<mac::DeviceStatus> base) {
  const bool said = device.has_last_dev_status_received_at() || device.has_battery_percentage() ||
                    device.power_state() != pb::POWER_UNKNOWN || device.downlink_margin() != 0;
  if (!said) return std::nullopt;
  auto status = base.value_or(mac::DeviceStatus{});
  if (device.has_last_dev_status_received_at())
    status.received_at = time_of(device.last_dev_status_received_at());
  status.margin_db = static_cast<std::int8_t>(device.downlink_margin());
  status.external_power = device.power_state() == pb::POWER_EXTERNAL;
  status.battery.reset();
  if (device.has_battery_percentage()) status.battery = device.battery_percentage().value();
  return status;
}

/// What is only kept for clients.
void put_kept(const Device& device, pb::EndDevice& out) {
  if (device.version_ids) put_version_ids(*device.version_ids, *out.mutable_version_ids());
  out.set_serial_number(device.serial_number);
  if (device.lora_alliance_profile) {
    out.mutable_lora_alliance_profile_ids()->set_vendor_id(device.lora_alliance_profile->vendor_id);
    out.mutable_lora_alliance_profile_ids()->set_vendor_profile_id(
        device.lora_alliance_profile->vendor_profile_id);
  }
  out.set_min_frequency(device.min_frequency.hz());
  out.set_max_frequency(device.max_frequency.hz());
}

void take_kept(const pb::EndDevice& from, Device& device) {
  device.version_ids.reset();
  if (from.has_version_ids()) device.version_ids = version_ids_of(from.version_ids());
  device.serial_number = from.serial_number();
  device.lora_alliance_profile.reset();
  if (from.has_lora_alliance_profile_ids()) {
    const auto& ids = from.lora_alliance_profile_ids();
    device.lora_alliance_profile =
        network_server::LoRaAllianceProfile{ids.vendor_id(), ids.vendor_profile_id()};
  }
  device.min_frequency = Frequency::hz(from.min_frequency());
  device.max_frequency = Frequency::hz(from.max_frequency());
}

/// Newest first.
const mac::DeviceStatus* status_in(const Device& device) {
  if (device.mac_state && device.mac_state->device_status) return &*device.mac_state->device_status;
  return device.earlier_status ? &*device.earlier_status : nullptr;
}

/// A status that is as it was stays where it is; another is the MAC state's, if there is one.
void take_status(const pb::EndDevice& from, Device& device) {
  const auto* const before = status_in(device);
  const auto status = status_of(from, before ? std::optional(*before) : std::nullopt);
  const FCnt32 f_cnt_up(from.mac_state().last_dev_status_f_cnt_up());
  const bool has_own = device.mac_state && device.mac_state->device_status;
  const bool is_as_it_was = !has_own && status == device.earlier_status && f_cnt_up == FCnt32();
  if (!device.mac_state || is_as_it_was) return void(device.earlier_status = status);
  auto& own = device.mac_state->device_status;
  own = status;
  if (!own && f_cnt_up != FCnt32()) own.emplace();
  if (own) own->f_cnt_up = f_cnt_up;
  if (!status) device.earlier_status.reset();
}

/// A session that is to come has no status yet, but may be said when it was last told.
void take_pending_status_f_cnt(const pb::MACState& from, mac::MacState& state) {
  const FCnt32 f_cnt_up(from.last_dev_status_f_cnt_up());
  auto& status = state.device_status;
  if (!status && f_cnt_up != FCnt32()) status.emplace();
  if (status) status->f_cnt_up = f_cnt_up;
}

template <class Domain, class Proto, class Read>
void take(bool set, const Proto& from, std::optional<Domain>& out, Read read) {
  if (!set) return out.reset();
  out = read(from, out.value_or(Domain{}));
}

}  // namespace

pb::EndDevice to_proto(const Device& device) {
  auto out = whole_proto(device);
  // What the profile says is the profile's.
  if (!device.mac_settings_profile_id.empty()) out.clear_mac_settings();
  return out;
}

pb::EndDevice whole_proto(const Device& device) {
  pb::EndDevice out;
  put_ids(device.ids, *out.mutable_ids());
  put_time(device.created_at, *out.mutable_created_at());
  put_time(device.updated_at, *out.mutable_updated_at());
  out.set_lorawan_version(static_cast<pb::MACVersion>(device.lorawan_version));
  out.set_lorawan_phy_version(static_cast<pb::PHYVersion>(device.lorawan_phy_version));
  out.set_frequency_plan_id(device.frequency_plan_id);
  out.set_supports_join(device.supports_join);
  out.set_supports_class_b(device.supports_class_b);
  out.set_supports_class_c(device.supports_class_c);
  out.set_multicast(device.multicast);
  put_kept(device, out);
  if (device.mac_settings != mac::MacSettings{}) {
    put_mac_settings(device.mac_settings, *out.mutable_mac_settings());
  }
  if (!device.mac_settings_profile_id.empty()) {
    auto& profile = *out.mutable_mac_settings_profile_ids();
    profile.mutable_application_ids()->set_application_id(device.ids.uid.application_id.text());
    profile.set_profile_id(device.mac_settings_profile_id);
  }
  if (device.session) put_session(*device.session, *out.mutable_session());
  if (device.pending_session) put_session(*device.pending_session, *out.mutable_pending_session());
  if (device.mac_state) put_mac_state(*device.mac_state, *out.mutable_mac_state());
  if (const auto* const status = status_in(device)) put_status(*status, out);
  if (device.pending_mac_state)
    put_mac_state(*device.pending_mac_state, *out.mutable_pending_mac_state());
  return out;
}

Device ns_device_of(const pb::EndDevice& from, Device device) {
  device.ids = ids_of(from.ids());
  device.lorawan_version = static_cast<MacVersion>(from.lorawan_version());
  device.lorawan_phy_version = static_cast<PhyVersion>(from.lorawan_phy_version());
  device.frequency_plan_id = from.frequency_plan_id();
  device.supports_join = from.supports_join();
  device.supports_class_b = from.supports_class_b();
  device.supports_class_c = from.supports_class_c();
  device.multicast = from.multicast();
  take_kept(from, device);
  const auto before = std::exchange(device.mac_settings, mac_settings_of(from.mac_settings()));
  keep_wor_sessions(before.relay, device.mac_settings.relay);
  keep_wor_sessions(before.desired_relay, device.mac_settings.desired_relay);
  device.mac_settings_profile_id = from.mac_settings_profile_ids().profile_id();
  take(from.has_session(), from.session(), device.session, session_of);
  take(from.has_pending_session(), from.pending_session(), device.pending_session, session_of);
  take(from.has_mac_state(), from.mac_state(), device.mac_state, mac_state_of);
  take(from.has_pending_mac_state(), from.pending_mac_state(), device.pending_mac_state,
       mac_state_of);
  take_status(from, device);
  if (device.pending_mac_state)
    take_pending_status_f_cnt(from.pending_mac_state(), *device.pending_mac_state);
  return device;
}

}  // namespace ff::api
