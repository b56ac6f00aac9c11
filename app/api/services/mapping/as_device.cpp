#include "app/api/services/mapping/as_device.hpp"

#include <algorithm>

#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/field_mask/field_mask.hpp"

namespace ff::api {
namespace {

using application_server::AppDevice;
using application_server::AppSession;
using Span = std::span<const std::string>;

constexpr ErrorDef field_value{"pkg/applicationserver", "field_value", Code::invalid_argument,
                               "invalid value of field `{field}`"};
constexpr ErrorDef read_only_field{"pkg/applicationserver/redis", "read_only_field",
                                   Code::invalid_argument, "read-only field `{field}`"};
void put_session(const AppSession& session, pb::Session& out) {
  out.set_dev_addr(to_field(session.dev_addr));
  out.mutable_keys()->set_session_key_id(text_of(session.session_key_id));
  if (session.app_s_key) put_key(*session.app_s_key, *out.mutable_keys()->mutable_app_s_key());
  out.set_last_a_f_cnt_down(session.last_a_f_cnt_down.value());
  put_time(session.started_at, *out.mutable_started_at());
}

AppSession session_of(const pb::Session& from, AppSession session) {
  session.dev_addr = dev_addr_of(from.dev_addr()).value_or(DevAddr());
  session.session_key_id = bytes_of(from.keys().session_key_id());
  session.app_s_key.reset();
  if (from.keys().has_app_s_key()) session.app_s_key = key_of(from.keys().app_s_key());
  session.last_a_f_cnt_down = FCnt32(from.last_a_f_cnt_down());
  if (from.has_started_at()) session.started_at = time_of(from.started_at());
  return session;
}

bool names(Span paths, std::string_view path) {
  return std::ranges::any_of(paths, [path](const std::string& one) {
    return one == path || (path.starts_with(one) && path[one.size()] == '.');
  });
}

Status check_ids(const AppDevice& current, const pb::EndDevice& requested) {
  const auto ids = ids_of(requested.ids());
  if (ids.dev_eui && ids.dev_eui != current.ids.dev_eui)
    return fail(read_only_field, {{"field", "ids.dev_eui"}});
  if (ids.join_eui && ids.join_eui != current.ids.join_eui)
    return fail(read_only_field, {{"field", "ids.join_eui"}});
  return {};
}

Status check_request(const pb::EndDevice& requested, Span paths) {
  const auto& session = requested.session();
  const auto dev_addr = dev_addr_of(session.dev_addr());
  if (names(paths, "session.dev_addr") && (!dev_addr || *dev_addr == DevAddr())) {
    return fail(field_value, {{"field", "session.dev_addr"}});
  }
  const auto key = plain_key_of(session.keys().app_s_key());
  if (names(paths, "session.keys.app_s_key.key") && (!key || key->is_zero())) {
    return fail(field_value, {{"field", "session.keys.app_s_key.key"}});
  }
  return {};
}

/// The address in the identifiers follows the session.
Status check_address(const pb::EndDevice& requested, const pb::EndDevice& device) {
  const auto& given = requested.ids().dev_addr();
  if (given.empty() || given == device.session().dev_addr()) return {};
  return fail(field_value, {{"field", "ids.dev_addr"}});
}

}  // namespace

pb::EndDevice to_proto(const AppDevice& device) {
  pb::EndDevice out;
  put_ids(device.ids, *out.mutable_ids());
  put_time(device.created_at, *out.mutable_created_at());
  put_time(device.updated_at, *out.mutable_updated_at());
  if (device.activated_at) put_time(*device.activated_at, *out.mutable_activated_at());
  if (device.session) put_session(*device.session, *out.mutable_session());
  if (device.pending_session) put_session(*device.pending_session, *out.mutable_pending_session());
  if (device.skip_payload_crypto_override) {
    out.mutable_skip_payload_crypto_override()->set_value(*device.skip_payload_crypto_override);
    out.set_skip_payload_crypto(*device.skip_payload_crypto_override);
  }
  if (device.version_ids) put_version_ids(*device.version_ids, *out.mutable_version_ids());
  if (const auto& ids = device.alliance_profile_ids) {
    out.mutable_lora_alliance_profile_ids()->set_vendor_id(ids->vendor_id);
    out.mutable_lora_alliance_profile_ids()->set_vendor_profile_id(ids->vendor_profile_id);
  }
  out.set_serial_number(device.serial_number);
  if (device.formatters &&
      !out.mutable_formatters()->ParseFromString(text_of(*device.formatters))) {
    out.clear_formatters();
  }
  return out;
}

AppDevice app_device_of(const pb::EndDevice& from, AppDevice device) {
  device.ids = ids_of(from.ids());
  device.session =
      from.has_session()
          ? std::optional(session_of(from.session(), device.session.value_or(AppSession())))
          : std::nullopt;
  if (!from.has_pending_session()) device.pending_session.reset();
  device.skip_payload_crypto_override.reset();
  if (from.has_skip_payload_crypto_override()) {
    device.skip_payload_crypto_override = from.skip_payload_crypto_override().value();
  }
  device.version_ids.reset();
  if (from.has_version_ids()) device.version_ids = version_ids_of(from.version_ids());
  device.alliance_profile_ids.reset();
  if (from.has_lora_alliance_profile_ids()) {
    const auto& ids = from.lora_alliance_profile_ids();
    device.alliance_profile_ids =
        application_server::AllianceProfileIds{ids.vendor_id(), ids.vendor_profile_id()};
  }
  device.serial_number = from.serial_number();
  device.formatters.reset();
  if (from.has_formatters()) device.formatters = bytes_of(from.formatters().SerializeAsString());
  return device;
}

Result<AppDevice> change_app_device(const AppDevice* current, const pb::EndDevice& requested,
                                    Span paths, UtcTime now) {
  if (current) FF_CHECK(check_ids(*current, requested));
  FF_CHECK(check_request(requested, paths));
  if (current && paths.empty()) return *current;
  auto device = current ? to_proto(*current) : pb::EndDevice();
  if (!current) *device.mutable_ids() = requested.ids();
  const bool had_session = device.has_session();
  FF_CHECK(field_mask::copy(requested, paths, device));
  // The old name of the override.
  if (names(paths, "skip_payload_crypto") && !names(paths, "skip_payload_crypto_override")) {
    device.mutable_skip_payload_crypto_override()->set_value(requested.skip_payload_crypto());
  }
  if (device.has_session()) {
    if (dev_addr_of(device.session().dev_addr()).value_or(DevAddr()) == DevAddr()) {
      return fail(field_value, {{"field", "session.dev_addr"}});
    }
    if (!had_session) put_time(now, *device.mutable_session()->mutable_started_at());
  }
  FF_CHECK(check_address(requested, device));
  device.mutable_ids()->set_dev_addr(device.session().dev_addr());
  return app_device_of(device, current ? *current : AppDevice());
}

}  // namespace ff::api
