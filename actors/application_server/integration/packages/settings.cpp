#include "actors/application_server/integration/packages/settings.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cmath>

#include "actors/application_server/integration/packages/errors.hpp"
#include "protocol/formatter/document.hpp"

namespace ff::application_server::packages {
namespace {

namespace json = boost::json;

/// Says nothing, as if it were not there.
bool is_blank(const json::value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty());
}

void add(json::object& out, const AssociationPtr& maybe_association) {
  if (!maybe_association || maybe_association->data.empty()) return;
  const auto data = formatter::parse_document(maybe_association->data);
  if (!data || !data->is_object()) return;
  for (const auto& [name, value] : data->get_object()) {
    if (!is_blank(value)) out[name] = value;
  }
}

json::object merged(const Pair& pair) {
  json::object out;
  add(out, pair.of_application);
  add(out, pair.of_device);
  return out;
}

/// The fields of one package's data, and the error for those of another type.
class Reader {
 public:
  Reader(const Pair& pair, const ErrorDef& wrong_type) : data_(merged(pair)), type_(wrong_type) {}

  Result<std::optional<std::string>> text(std::string_view name) const {
    const auto* value = data_.if_contains(name);
    if (value == nullptr) return std::optional<std::string>();
    if (!value->is_string()) return fail(wrong(name, "string"));
    return std::optional(std::string(value->get_string().data(), value->get_string().size()));
  }
  Result<std::optional<double>> number(std::string_view name) const {
    const auto* value = data_.if_contains(name);
    if (value == nullptr) return std::optional<double>();
    if (!value->is_number()) return fail(wrong(name, "number"));
    return std::optional(value->to_number<double>());
  }
  Result<bool> flag(std::string_view name) const {
    const auto* value = data_.if_contains(name);
    if (value == nullptr) return false;
    if (!value->is_bool()) return fail(wrong(name, "bool"));
    return value->get_bool();
  }
  Result<std::set<std::uint8_t>> ports(std::string_view name) const {
    std::set<std::uint8_t> out;
    const auto* value = data_.if_contains(name);
    if (value == nullptr) return out;
    if (!value->is_array()) return fail(wrong(name, "list"));
    for (const auto& item : value->get_array()) {
      if (!item.is_number()) return fail(wrong(name, "number"));
      const auto port = item.to_number<double>();
      if (port >= 0 && port <= 255) out.insert(static_cast<std::uint8_t>(port));
    }
    return out;
  }

 private:
  Error wrong(std::string_view field, std::string_view type) const {
    return Error(type_, {{"field", field}, {"type", type}});
  }

  json::object data_;
  const ErrorDef& type_;
};

/// [TS003-2.0.0 §3.4]
constexpr double periodicity_max = 15;

/// Negative and huge ones mean nothing.
double within(const std::optional<double>& value, double max) {
  if (!value || !(*value > 0)) return 0;
  return std::min(*value, max);
}

Result<Query> query_of(const std::optional<std::string>& text) {
  if (!text) return fail(gls_field_required, {{"field", "query"}});
  if (*text == "TOARSSI") return Query::toa_rssi;
  if (*text == "GNSS") return Query::gnss;
  if (*text == "TOAWIFI") return Query::toa_wifi;
  return fail(gls_invalid_value, {{"value", *text}});
}

}  // namespace

Result<ClockSyncSettings> clock_sync_settings(const Pair& pair) {
  const Reader reader(pair, alcsync_field_type);
  ClockSyncSettings out;
  FF_TRY(const auto threshold, reader.number("threshold"));
  // 0 is not said, as in the reference.
  if (const auto seconds = within(threshold, 1e9); seconds > 0)
    out.threshold = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  FF_TRY(const auto periodicity, reader.number("periodicity"));
  if (!periodicity) return out;
  if (!(*periodicity >= 0 && *periodicity <= periodicity_max) ||
      std::trunc(*periodicity) != *periodicity)
    return fail(alcsync_field_type, {{"field", "periodicity"}, {"type", "number from 0 to 15"}});
  out.periodicity = static_cast<std::uint8_t>(*periodicity);
  return out;
}

Result<DeviceManagementSettings> device_management_settings(const Pair& pair) {
  const Reader reader(pair, dms_field_type);
  DeviceManagementSettings out;
  FF_TRY(auto token, reader.text("token"));
  if (!token) return fail(dms_field_not_found, {{"field", "token"}});
  out.token = *std::move(token);
  FF_TRY(auto server_url, reader.text("server_url"));
  out.server_url = std::move(server_url).value_or("");
  FF_TRY(out.use_tlv_encoding, reader.flag("use_tlv_encoding"));
  FF_TRY(out.f_ports, reader.ports("f_port_set"));
  return out;
}

Result<GeolocationSettings> geolocation_settings(const Pair& pair) {
  const Reader reader(pair, gls_invalid_type);
  GeolocationSettings out;
  FF_TRY(auto token, reader.text("token"));
  if (!token) return fail(gls_field_required, {{"field", "token"}});
  out.token = *std::move(token);
  FF_TRY(auto server_url, reader.text("server_url"));
  out.server_url = std::move(server_url).value_or("");
  FF_TRY(const auto query, reader.text("query"));
  FF_TRY(out.query, query_of(query));
  FF_TRY(out.multi_frame, reader.flag("multi_frame"));
  FF_TRY(const auto size, reader.number("multi_frame_window_size"));
  out.window_size = static_cast<std::size_t>(within(size, window_max));
  FF_TRY(const auto age, reader.number("multi_frame_window_age"));
  out.window_age = std::chrono::duration_cast<Duration>(
      std::chrono::duration<double, std::ratio<60>>(within(age, 1e6)));
  return out;
}

}  // namespace ff::application_server::packages
