#include "app/api/services/mapping/ns_device_rules.hpp"

#include <algorithm>

#include "actors/network_server/session/errors.hpp"
#include "app/api/services/mapping/mac_command.hpp"
#include "app/api/services/mapping/mac_settings.hpp"
#include "app/api/services/mapping/ns_device.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/field_mask/field_mask.hpp"

namespace ff::api {
namespace {

using network_server::Device;
using network_server::field_value;
using Span = std::span<const std::string>;

constexpr ErrorDef field_is_zero{"pkg/networkserver", "field_is_zero", Code::invalid_argument,
                                 "field `{name}` is zero"};
constexpr ErrorDef field_not_zero{"pkg/networkserver", "field_not_zero", Code::invalid_argument,
                                  "field `{name}` is not zero"};
constexpr ErrorDef read_only_field{"pkg/networkserver/redis", "read_only_field",
                                   Code::invalid_argument, "read-only field `{field}`"};

Status wrong(std::string_view field) {
  return fail(field_value, {{"field", field}});
}
Status zero(std::string_view field) {
  return fail(
      Error(field_value, {{"field", field}}).caused_by(Error(field_is_zero, {{"name", field}})));
}
Status not_zero(std::string_view field) {
  return fail(
      Error(field_value, {{"field", field}}).caused_by(Error(field_not_zero, {{"name", field}})));
}

bool below(std::string_view path, std::string_view parent) {
  return path == parent || (path.starts_with(parent) && path[parent.size()] == '.');
}
/// Whether the request is about the field, or about something it is in or that is in it.
bool touches(Span paths, std::string_view field) {
  return std::ranges::any_of(
      paths, [&](const std::string& path) { return below(path, field) || below(field, path); });
}

// --- before the change ---------------------------------------------------------------------------

Status check_ids(const pb::EndDeviceIdentifiers& current,
                 const pb::EndDeviceIdentifiers& requested) {
  if (!requested.dev_eui().empty() && requested.dev_eui() != current.dev_eui()) {
    return fail(read_only_field, {{"field", "ids.dev_eui"}});
  }
  if (!requested.join_eui().empty() && requested.join_eui() != current.join_eui()) {
    return fail(read_only_field, {{"field", "ids.join_eui"}});
  }
  return {};
}

Status check_immutable(const pb::EndDevice& current, const pb::EndDevice& effective) {
  if (current.multicast() != effective.multicast()) return wrong("multicast");
  if (current.supports_join() != effective.supports_join()) return wrong("supports_join");
  return {};
}

/// Before 1.1 there is one network session key under three names.
Status spread_legacy_key(const pb::EndDevice& requested, Span paths,
                         const std::string& session_path, pb::Session& session, bool legacy) {
  if (!legacy || !touches(paths, session_path + ".keys.f_nwk_s_int_key")) return {};
  const auto& given =
      session_path == "session" ? requested.session().keys() : requested.pending_session().keys();
  const auto& key = session.keys().f_nwk_s_int_key();
  if (given.has_s_nwk_s_int_key() && given.s_nwk_s_int_key().key() != key.key()) {
    return wrong(session_path + ".keys.s_nwk_s_int_key.key");
  }
  if (given.has_nwk_s_enc_key() && given.nwk_s_enc_key().key() != key.key()) {
    return wrong(session_path + ".keys.nwk_s_enc_key.key");
  }
  *session.mutable_keys()->mutable_s_nwk_s_int_key() = key;
  *session.mutable_keys()->mutable_nwk_s_enc_key() = key;
  return {};
}

constexpr auto settings_field = "mac_settings";
constexpr auto profile_field = "mac_settings_profile_ids";

/// Settings are the device's own or its profile's. [spec network-server §13] A device that leaves
/// its profile keeps the settings it had from it.
Status settle_profile(const pb::EndDevice& before, Span paths, const mac::MacSettings* profile,
                      pb::EndDevice& device) {
  if (profile) {
    auto& ids = *device.mutable_mac_settings_profile_ids();
    *ids.mutable_application_ids() = device.ids().application_ids();
    device.clear_mac_settings();
    put_mac_settings(*profile, *device.mutable_mac_settings());
    return {};
  }
  if (device.mac_settings_profile_ids().profile_id().empty()) {
    device.clear_mac_settings_profile_ids();
    return {};
  }
  const bool has_kept_it = before.mac_settings_profile_ids().profile_id() ==
                           device.mac_settings_profile_ids().profile_id();
  return touches(paths, settings_field) || !has_kept_it ? wrong(settings_field) : Status();
}

// --- the device as it would be -------------------------------------------------------------------

Status check_session(const pb::Session& session, const std::string& path, bool needs_id) {
  if (session.dev_addr().size() != 4) return zero(path + ".dev_addr");
  const auto& keys = session.keys();
  const auto lacks = [](const pb::KeyEnvelope& key) { return !plain_key_of(key); };
  if (lacks(keys.f_nwk_s_int_key())) return zero(path + ".keys.f_nwk_s_int_key.key");
  if (lacks(keys.s_nwk_s_int_key())) return zero(path + ".keys.s_nwk_s_int_key.key");
  if (lacks(keys.nwk_s_enc_key())) return zero(path + ".keys.nwk_s_enc_key.key");
  if (needs_id && keys.session_key_id().empty()) return zero(path + ".keys.session_key_id");
  return {};
}

Status check_join_device(const pb::EndDevice& device) {
  if (device.multicast()) return not_zero("multicast");
  if (device.ids().join_eui().empty()) return zero("ids.join_eui");
  if (device.ids().dev_eui().empty()) return zero("ids.dev_eui");
  if (device.has_session()) FF_CHECK(check_session(device.session(), "session", true));
  if (device.has_pending_session())
    FF_CHECK(check_session(device.pending_session(), "pending_session", true));
  return {};
}

Status check_personalized_device(const pb::EndDevice& device) {
  FF_CHECK(check_session(device.session(), "session", false));
  if (device.has_pending_session()) return not_zero("pending_session");
  if (device.has_pending_mac_state()) return not_zero("pending_mac_state");
  if (device.multicast() && !device.supports_class_b() && !device.supports_class_c())
    return zero("supports_class_c");
  if (device.supports_class_b() && !device.mac_settings().has_ping_slot_periodicity() &&
      !device.mac_state().has_ping_slot_periodicity()) {
    return zero("mac_settings.ping_slot_periodicity");
  }
  return {};
}

Status check_settings(const pb::MACSettings& settings) {
  if (!settings.has_adr()) return {};
  if (settings.has_use_adr()) return not_zero("mac_settings.use_adr");
  if (settings.has_adr_margin()) return not_zero("mac_settings.adr_margin");
  return {};
}

Status check_device(const pb::EndDevice& device) {
  if (device.frequency_plan_id().empty()) return zero("frequency_plan_id");
  if (device.lorawan_version() == pb::MAC_UNKNOWN) return zero("lorawan_version");
  if (device.lorawan_phy_version() == pb::PHY_UNKNOWN) return zero("lorawan_phy_version");
  FF_CHECK(check_settings(device.mac_settings()));
  return device.supports_join() ? check_join_device(device) : check_personalized_device(device);
}

/// A command that devices send, or that no frame can hold, could neither be sent nor answered.
Status check_commands(const pb::MACState& state, const std::string& path, Span paths) {
  const auto all_readable = [](const auto& commands) {
    return std::ranges::all_of(commands, [](const auto& c) { return command_of(c).has_value(); });
  };
  for (const auto& [name, commands] :
       {std::pair(path + ".queued_responses", &state.queued_responses()),
        std::pair(path + ".pending_requests", &state.pending_requests())}) {
    if (touches(paths, name) && !all_readable(*commands)) return wrong(name);
  }
  return {};
}

Status check_address(const pb::EndDevice& requested, const pb::EndDevice& device) {
  const auto& given = requested.ids().dev_addr();
  return given.empty() || given == device.session().dev_addr() ? Status() : wrong("ids.dev_addr");
}

}  // namespace

Result<std::string> profile_wanted(const pb::EndDevice& requested, Span paths) {
  const auto& ids = requested.mac_settings_profile_ids();
  if (!touches(paths, profile_field) || ids.profile_id().empty()) return std::string();
  if (touches(paths, settings_field)) return fail(wrong(settings_field).error());
  const auto& application = ids.application_ids().application_id();
  if (!application.empty() && application != requested.ids().application_ids().application_id())
    return fail(wrong("mac_settings_profile_ids.application_ids").error());
  return ids.profile_id();
}

Result<Device> change_ns_device(const Device* current, const pb::EndDevice& requested, Span paths,
                                UtcTime now, const mac::MacSettings* profile) {
  const auto before = current ? whole_proto(*current) : pb::EndDevice();
  if (current) FF_CHECK(check_ids(before.ids(), requested.ids()));
  if (current && paths.empty()) return *current;
  auto device = before;
  if (!current) *device.mutable_ids() = requested.ids();
  FF_CHECK(field_mask::copy(requested, paths, device));
  if (current) FF_CHECK(check_immutable(before, device));
  FF_CHECK(settle_profile(before, paths, profile, device));
  const bool legacy = device.lorawan_version() != pb::MAC_V1_1;
  if (device.has_session()) {
    FF_CHECK(spread_legacy_key(requested, paths, "session", *device.mutable_session(), legacy));
    if (!before.has_session() && !requested.session().has_started_at()) {
      put_time(now, *device.mutable_session()->mutable_started_at());
    }
  }
  if (device.has_pending_session()) {
    FF_CHECK(spread_legacy_key(requested, paths, "pending_session",
                               *device.mutable_pending_session(), legacy));
  }
  FF_CHECK(check_device(device));
  FF_CHECK(check_commands(device.mac_state(), "mac_state", paths));
  FF_CHECK(check_commands(device.pending_mac_state(), "pending_mac_state", paths));
  FF_CHECK(check_address(requested, device));
  device.mutable_ids()->set_dev_addr(device.session().dev_addr());
  return ns_device_of(device, current ? *current : Device());
}

Device reset_ns_device(Device device, UtcTime now) {
  device.mac_state.reset();
  device.pending_mac_state.reset();
  device.pending_session.reset();
  device.earlier_status.reset();
  if (device.supports_join) {
    device.session.reset();
    device.ids.dev_addr.reset();
  } else if (device.session) {
    auto& session = *device.session;
    session.last_f_cnt_up = session.last_n_f_cnt_down = session.last_a_f_cnt_down = FCnt32();
    session.last_conf_f_cnt_down.reset();
    session.started_at = now;
  }
  return device;
}

}  // namespace ff::api
