#include "app/api/services/mapping/ns_device.hpp"

#include "app/api/services/mapping/mac_settings.hpp"
#include "app/api/services/mapping/mac_state.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/relay.hpp"
#include "app/api/services/mapping/values.hpp"

namespace ff::api {
namespace {

using network_server::Device;

void put_keys(const mac::NetworkSessionKeys& keys, pb::SessionKeys& out) {
  out.set_session_key_id(text_of(keys.session_key_id));
  put_key(keys.f_nwk_s_int_key, *out.mutable_f_nwk_s_int_key());
  put_key(keys.s_nwk_s_int_key, *out.mutable_s_nwk_s_int_key());
  put_key(keys.nwk_s_enc_key, *out.mutable_nwk_s_enc_key());
}

mac::NetworkSessionKeys keys_of(const pb::SessionKeys& keys) {
  return {bytes_of(keys.session_key_id()),
          plain_key_of(keys.f_nwk_s_int_key()).value_or(Aes128Key()),
          plain_key_of(keys.s_nwk_s_int_key()).value_or(Aes128Key()),
          plain_key_of(keys.nwk_s_enc_key()).value_or(Aes128Key())};
}

void put_session(const mac::Session& session, pb::Session& out) {
  out.set_dev_addr(to_field(session.dev_addr));
  put_keys(session.keys, *out.mutable_keys());
  out.set_last_f_cnt_up(session.last_f_cnt_up.value());
  out.set_last_n_f_cnt_down(session.last_n_f_cnt_down.value());
  out.set_last_a_f_cnt_down(session.last_a_f_cnt_down.value());
  if (session.last_conf_f_cnt_down)
    out.set_last_conf_f_cnt_down(session.last_conf_f_cnt_down->value());
  put_time(session.started_at, *out.mutable_started_at());
  for (const auto& downlink : session.queued_application_downlinks) {
    put_downlink(downlink, *out.add_queued_application_downlinks());
  }
}

mac::Session session_of(const pb::Session& from, mac::Session session) {
  session.dev_addr = dev_addr_of(from.dev_addr()).value_or(DevAddr());
  session.keys = keys_of(from.keys());
  session.last_f_cnt_up = FCnt32(from.last_f_cnt_up());
  session.last_n_f_cnt_down = FCnt32(from.last_n_f_cnt_down());
  session.last_a_f_cnt_down = FCnt32(from.last_a_f_cnt_down());
  // 0 in the API is also "none": the difference stays unless another value is given.
  if (from.last_conf_f_cnt_down() != session.last_conf_f_cnt_down.value_or(FCnt32()).value()) {
    session.last_conf_f_cnt_down = FCnt32(from.last_conf_f_cnt_down());
  }
  if (from.has_started_at()) session.started_at = time_of(from.started_at());
  session.queued_application_downlinks.clear();
  for (const auto& downlink : from.queued_application_downlinks()) {
    session.queued_application_downlinks.push_back(downlink_of(downlink));
  }
  return session;
}

void put_status(const mac::DeviceStatus& status, pb::EndDevice& out) {
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
  if (device.mac_state) {
    put_mac_state(*device.mac_state, *out.mutable_mac_state());
    if (device.mac_state->device_status) put_status(*device.mac_state->device_status, out);
  }
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
  const auto before = std::exchange(device.mac_settings, mac_settings_of(from.mac_settings()));
  keep_wor_sessions(before.relay, device.mac_settings.relay);
  keep_wor_sessions(before.desired_relay, device.mac_settings.desired_relay);
  device.mac_settings_profile_id = from.mac_settings_profile_ids().profile_id();
  take(from.has_session(), from.session(), device.session, session_of);
  take(from.has_pending_session(), from.pending_session(), device.pending_session, session_of);
  take(from.has_mac_state(), from.mac_state(), device.mac_state, mac_state_of);
  take(from.has_pending_mac_state(), from.pending_mac_state(), device.pending_mac_state,
       mac_state_of);
  if (device.mac_state) {
    auto& status = device.mac_state->device_status;
    status = status_of(from, status);
    if (status) status->f_cnt_up = FCnt32(from.mac_state().last_dev_status_f_cnt_up());
  }
  return device;
}

}  // namespace ff::api
