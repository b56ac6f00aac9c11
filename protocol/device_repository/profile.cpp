// A profile: how a device speaks LoRaWAN, as fields of a template. [spec
// devices-repository-templates-qr §1.3]
#include <boost/json/serialize.hpp>

#include <array>
#include <cmath>

#include "protocol/device_repository/document.hpp"
#include "protocol/device_repository/fields.hpp"

namespace ff::device_repository {
namespace {

namespace json = boost::json;

using Row = std::pair<std::string_view, std::string_view>;

constexpr std::array<Row, 6> mac_versions{{{"1.0", "MAC_V1_0"},
                                           {"1.0.1", "MAC_V1_0_1"},
                                           {"1.0.2", "MAC_V1_0_2"},
                                           {"1.0.3", "MAC_V1_0_3"},
                                           {"1.0.4", "MAC_V1_0_4"},
                                           {"1.1", "MAC_V1_1"}}};
constexpr std::array<Row, 13> phy_versions{{{"TS001-1.0", "PHY_V1_0"},
                                            {"TS001-1.0.1", "PHY_V1_0_1"},
                                            {"RP001-1.0.2", "PHY_V1_0_2_REV_A"},
                                            {"RP001-1.0.2-RevB", "PHY_V1_0_2_REV_B"},
                                            {"RP001-1.0.3-RevA", "PHY_V1_0_3_REV_A"},
                                            {"RP001-1.1-RevA", "PHY_V1_1_REV_A"},
                                            {"RP001-1.1-RevB", "PHY_V1_1_REV_B"},
                                            {"RP002-1.0.0", "RP002_V1_0_0"},
                                            {"RP002-1.0.1", "RP002_V1_0_1"},
                                            {"RP002-1.0.2", "RP002_V1_0_2"},
                                            {"RP002-1.0.3", "RP002_V1_0_3"},
                                            {"RP002-1.0.4", "RP002_V1_0_4"},
                                            {"RP002-1.0.5", "RP002_V1_0_5"}}};

constexpr double megahertz_min = 0.1;  // the API's
constexpr double megahertz_max = 10'000;
constexpr std::uint32_t seconds_max = 24 * 60 * 60;

template <std::size_t N>
std::string_view find(const std::array<Row, N>& rows, std::string_view text) {
  for (const auto& [name, value] : rows) {
    if (name == text) return value;
  }
  return {};
}

/// 64-bit numbers are texts in the API.
std::string hertz(double megahertz) {
  return std::to_string(std::llround(megahertz * 1e6));
}

/// The largest power of two of which one part is not more than `fraction`.
std::string duty_cycle(double fraction) {
  std::uint32_t divisor = 1;
  while (divisor < 32'768 && 1.0 / divisor > fraction) divisor *= 2;
  return "DUTY_CYCLE_" + std::to_string(divisor);
}

/// What of a profile is in a template, and under which path of its field mask.
struct Template {
  json::object device;
  json::object mac_settings;
  json::array paths;

  template <class T>
  void set(std::string_view path, T&& value) {
    device.insert_or_assign(path, std::forward<T>(value));
    paths.emplace_back(path);
  }
  template <class T>
  void set_mac(std::string_view name, T&& value) {
    mac_settings.insert_or_assign(name, std::forward<T>(value));
    paths.emplace_back("mac_settings." + std::string(name));
  }
};

void set_flag(const Fields& profile, const char* yaml, const char* path, Template& out) {
  if (const auto flag = profile.flag(yaml)) out.set(path, *flag);
}

void set_seconds(const Fields& profile, const char* yaml, const char* name, Template& out) {
  if (const auto seconds = profile.whole(yaml, 0, seconds_max))
    out.set_mac(name, std::to_string(*seconds) + "s");
}

void set_whole(const Fields& profile, const char* yaml, std::uint32_t max, const char* name,
               Template& out) {
  if (const auto number = profile.whole(yaml, 0, max)) out.set_mac(name, *number);
}

void set_frequency(const Fields& profile, const char* yaml, const char* name, Template& out) {
  if (const auto megahertz = profile.number(yaml, megahertz_min, megahertz_max))
    out.set_mac(name, hertz(*megahertz));
}

void set_class_b(const Fields& profile, Template& out) {
  set_flag(profile, "supportsClassB", "supports_class_b", out);
  set_seconds(profile, "classBTimeout", "class_b_timeout", out);
  if (const auto period = profile.whole("pingSlotPeriod", 1, 128)) {
    if ((*period & (*period - 1)) != 0) profile.wrong("pingSlotPeriod", "not a power of two");
    out.set_mac("ping_slot_periodicity", "PING_EVERY_" + std::to_string(*period) + "S");
  }
  set_whole(profile, "pingSlotDataRateIndex", 15, "ping_slot_data_rate_index", out);
  // Zero: the band's own, which hops.
  if (const auto megahertz = profile.number("pingSlotFrequency", 0, megahertz_max))
    out.set_mac("ping_slot_frequency", hertz(*megahertz));
}

void set_windows(const Fields& profile, Template& out) {
  set_whole(profile, "rx1Delay", 15, "rx1_delay", out);
  set_whole(profile, "rx1DataRateOffset", 7, "rx1_data_rate_offset", out);
  set_whole(profile, "rx2DataRateIndex", 15, "rx2_data_rate_index", out);
  set_frequency(profile, "rx2Frequency", "rx2_frequency", out);
}

void set_limits(const Fields& profile, Template& out) {
  json::array frequencies;
  for (const auto megahertz :
       profile.numbers("factoryPresetFrequencies", megahertz_min, megahertz_max))
    frequencies.emplace_back(hertz(megahertz));
  if (!frequencies.empty()) out.set_mac("factory_preset_frequencies", std::move(frequencies));
  if (const auto fraction = profile.number("maxDutyCycle", 0, 1); fraction && *fraction > 0)
    out.set_mac("max_duty_cycle", duty_cycle(*fraction));
  if (const auto flag = profile.flag("supports32bitFCnt"))
    out.set_mac("supports_32_bit_f_cnt", *flag);
}

/// Of a device that joins the network decides.
void set_power(const Fields& profile, Template& out) {
  const auto eirp = profile.number("maxEIRP", -100, 100);
  if (!eirp || profile.flag("supportsJoin").value_or(false)) return;
  out.device["mac_state"] = json::object{{"desired_parameters", json::object{{"max_eirp", *eirp}}}};
  out.paths.emplace_back("mac_state.desired_parameters.max_eirp");
}

}  // namespace

/// With an unknown version of the Regional Parameters it is kept: only its template is an error.
Result<Document> read_profile(const YamlNode& root) {
  Problem problem;
  const Fields profile(&root, "", problem);
  Template out;
  const auto mac_version = find(mac_versions, profile.text("macVersion"));
  if (mac_version.empty()) profile.wrong("macVersion", "not a version");
  out.set("lorawan_version", mac_version);
  const auto phy_text = profile.text("regionalParametersVersion");
  const auto phy_version = find(phy_versions, phy_text);
  if (!phy_version.empty()) out.set("lorawan_phy_version", phy_version);
  set_flag(profile, "supportsJoin", "supports_join", out);
  set_class_b(profile, out);
  set_flag(profile, "supportsClassC", "supports_class_c", out);
  set_seconds(profile, "classCTimeout", "class_c_timeout", out);
  set_windows(profile, out);
  set_limits(profile, out);
  set_power(profile, out);
  if (problem.error()) return fail(*problem.error());
  put(out.device, "mac_settings", std::move(out.mac_settings));
  json::object body{{"end_device", std::move(out.device)}, {"paths", std::move(out.paths)}};
  if (phy_version.empty()) body["phy_version"] = phy_text;
  return Document{DocumentKind::profile, json::serialize(body), {}};
}

}  // namespace ff::device_repository
