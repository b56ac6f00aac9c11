#include "tools/sim/core/api_documents.hpp"

#include <boost/json.hpp>
#include <span>
#include <vector>

#include "protocol/base/hex.hpp"

namespace ff::sim {
namespace {

namespace json = boost::json;

json::object ids_of(const ApiContext& context, const DeviceIdentity& device) {
  return {{"device_id", device.device_id},
          {"application_ids", {{"application_id", context.application_id}}},
          {"dev_eui", to_string(device.dev_eui)},
          {"join_eui", to_string(device.join_eui)}};
}

json::object key_of(const Aes128Key& key) {
  return {{"key", hex_upper(key.bytes())}};
}

bool is_otaa(const DeviceIdentity& device) noexcept {
  return device.activation == Activation::otaa;
}
bool is_1_1(const DeviceIdentity& device) noexcept {
  return at_least(device.mac_version, MacVersion::v1_1);
}

/// A device document and the paths of its mask grow together.
class Document {
 public:
  explicit Document(json::object ids) : device_{{"ids", std::move(ids)}} {
    paths_ = {"ids.device_id", "ids.dev_eui", "ids.join_eui"};
  }
  void set(std::string_view path, json::value value) {
    device_[path] = std::move(value);
    paths_.emplace_back(path);
  }
  /// A member whose mask names its fields.
  void set(std::string_view name, json::object value,
           std::initializer_list<std::string_view> paths) {
    set(name, std::move(value), std::span(paths.begin(), paths.size()));
  }
  void set(std::string_view name, json::object value, std::span<const std::string_view> paths) {
    device_[name] = std::move(value);
    for (const auto path : paths) paths_.emplace_back(path);
  }
  std::string text() && {
    const json::object mask{{"paths", std::move(paths_)}};
    return json::serialize(json::object{{"end_device", std::move(device_)}, {"field_mask", mask}});
  }

 private:
  json::object device_;
  json::array paths_;
};

std::string identity_body(const ApiContext& context, const DeviceIdentity& device) {
  json::object end_device{{"ids", ids_of(context, device)},
                          {"network_server_address", context.host},
                          {"application_server_address", context.host}};
  if (is_otaa(device)) end_device["join_server_address"] = context.host;
  return json::serialize(json::object{{"end_device", std::move(end_device)}});
}

std::string join_body(const ApiContext& context, const DeviceIdentity& device) {
  Document document(ids_of(context, device));
  document.set("network_server_address", json::string(context.host));
  document.set("application_server_address", json::string(context.host));
  if (context.resets_counters) document.set("resets_join_nonces", true);
  json::object keys{{"app_key", key_of(device.app_key)}};
  if (is_1_1(device)) {
    keys["nwk_key"] = key_of(device.nwk_key);
    document.set("root_keys", std::move(keys), {"root_keys.app_key.key", "root_keys.nwk_key.key"});
  } else {
    document.set("root_keys", std::move(keys), {"root_keys.app_key.key"});
  }
  return std::move(document).text();
}

void set_network_session(Document& document, const DeviceIdentity& device) {
  const auto& network = device.session.network;
  json::object keys{{"f_nwk_s_int_key", key_of(network.f_nwk_s_int_key)}};
  const bool v1_1 = is_1_1(device);
  if (v1_1) {
    keys["s_nwk_s_int_key"] = key_of(network.s_nwk_s_int_key);
    keys["nwk_s_enc_key"] = key_of(network.nwk_s_enc_key);
  }
  json::object session{{"dev_addr", to_string(device.dev_addr)}, {"keys", std::move(keys)}};
  if (v1_1) {
    document.set("session", std::move(session),
                 {"session.dev_addr", "session.keys.f_nwk_s_int_key.key",
                  "session.keys.s_nwk_s_int_key.key", "session.keys.nwk_s_enc_key.key"});
    return;
  }
  document.set("session", std::move(session),
               {"session.dev_addr", "session.keys.f_nwk_s_int_key.key"});
}

std::string network_body(const ApiContext& context, const DeviceIdentity& device) {
  Document document(ids_of(context, device));
  document.set("frequency_plan_id", json::string(device.frequency_plan_id));
  document.set("lorawan_version", json::string(api_name(device.mac_version)));
  document.set("lorawan_phy_version", json::string(api_name(device.phy_version)));
  document.set("supports_join", is_otaa(device));
  if (device.device_class == DeviceClass::b) document.set("supports_class_b", true);
  if (device.device_class == DeviceClass::c) document.set("supports_class_c", true);
  json::object settings{{"supports_32_bit_f_cnt", true}};
  std::vector<std::string_view> paths{"mac_settings.supports_32_bit_f_cnt"};
  if (context.resets_counters && !is_otaa(device)) {
    settings["resets_f_cnt"] = true;
    paths.emplace_back("mac_settings.resets_f_cnt");
  }
  if (device.device_class == DeviceClass::b && !is_otaa(device)) {
    settings["ping_slot_periodicity"] =
        json::object{{"value", device.ping_slot_periodicity.value()}};
    paths.emplace_back("mac_settings.ping_slot_periodicity.value");
  }
  if (context.uplinks_only) {
    settings["schedule_downlinks"] = false;
    paths.emplace_back("mac_settings.schedule_downlinks");
  }
  document.set("mac_settings", std::move(settings), std::span<const std::string_view>(paths));
  if (!is_otaa(device)) set_network_session(document, device);
  return std::move(document).text();
}

std::string application_body(const ApiContext& context, const DeviceIdentity& device) {
  Document document(ids_of(context, device));
  if (!is_otaa(device)) {
    document.set("session",
                 {{"dev_addr", to_string(device.dev_addr)},
                  {"keys", {{"app_s_key", key_of(device.session.app_s_key)}}}},
                 {"session.dev_addr", "session.keys.app_s_key.key"});
  }
  return std::move(document).text();
}

}  // namespace

ApiCall create_application(const ApiContext& context) {
  const json::object body{
      {"application",
       {{"ids", {{"application_id", context.application_id}}}, {"name", "Simulated devices"}}}};
  return {"POST", "/api/v3/users/" + context.user_id + "/applications", json::serialize(body),
          true};
}

ApiCall create_gateway(const ApiContext& context, GatewayEui eui, const std::string& plan_id) {
  const json::object ids{{"gateway_id", "sim-" + hex_lower(eui.value(), 16)},
                         {"eui", to_string(eui)}};
  const json::object body{{"gateway",
                           {{"ids", ids},
                            {"gateway_server_address", context.host},
                            {"frequency_plan_ids", json::array{plan_id}},
                            {"enforce_duty_cycle", false}}}};
  return {"POST", "/api/v3/users/" + context.user_id + "/gateways", json::serialize(body), true};
}

std::vector<ApiCall> create_device(const ApiContext& context, const DeviceIdentity& device) {
  const auto devices = "/applications/" + context.application_id + "/devices";
  const auto one = devices + "/" + device.device_id;
  std::vector<ApiCall> calls;
  calls.push_back({"POST", "/api/v3" + devices, identity_body(context, device), true});
  if (is_otaa(device)) {
    calls.push_back({"PUT", "/api/v3/js" + one, join_body(context, device)});
  }
  calls.push_back({"PUT", "/api/v3/ns" + one, network_body(context, device)});
  calls.push_back({"PUT", "/api/v3/as" + one, application_body(context, device)});
  return calls;
}

}  // namespace ff::sim
