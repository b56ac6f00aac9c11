#include "protocol/plan_repository/plan_document.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>

#include "protocol/device_repository/yaml_tree.hpp"

namespace ff::plan_repository {
namespace {

namespace json = boost::json;
using device_repository::YamlNode;

inline constexpr ErrorDef no_map{"protocol/plan_repository", "no_map", Code::data_loss,
                                 "not a map of keys"};

/// How the value of a key gets its form in our plans.
enum class As : std::uint8_t { same, milliseconds, microseconds, map, list };

struct Key {
  std::string_view theirs;
  std::string_view ours;
  As as = As::same;
  std::span<const Key> keys = {};  // of a map, or of each element of a list
};

constexpr std::array channel_dwell = {Key{"enabled", "enabled"},
                                      Key{"duration", "duration_ms", As::milliseconds}};
constexpr std::array channel = {
    Key{"frequency", "frequency_hz"}, Key{"radio", "radio"}, Key{"min-data-rate", "min_data_rate"},
    Key{"max-data-rate", "max_data_rate"}, Key{"dwell-time", "dwell_time", As::map, channel_dwell}};
constexpr std::array single_rate = {Key{"frequency", "frequency_hz"}, Key{"radio", "radio"},
                                    Key{"data-rate", "data_rate"},
                                    Key{"dwell-time", "dwell_time", As::map, channel_dwell}};
constexpr std::array sub_band = {Key{"min-frequency", "min_frequency_hz"},
                                 Key{"max-frequency", "max_frequency_hz"},
                                 Key{"duty-cycle", "duty_cycle"}, Key{"max-eirp", "max_eirp_dbm"}};
constexpr std::array time_off_air = {Key{"fraction", "fraction"},
                                     Key{"duration", "duration_ms", As::milliseconds}};
constexpr std::array dwell_time = {Key{"uplinks", "uplinks"}, Key{"downlinks", "downlinks"},
                                   Key{"duration", "duration_ms", As::milliseconds}};
constexpr std::array listen_before_talk = {Key{"rssi-target", "rssi_target_dbm"},
                                           Key{"rssi-offset", "rssi_offset_db"},
                                           Key{"scan-time", "scan_time_us", As::microseconds}};
constexpr std::array transmitter = {Key{"min-frequency", "min_frequency_hz"},
                                    Key{"max-frequency", "max_frequency_hz"},
                                    Key{"notch-frequency", "notch_frequency_hz"}};
constexpr std::array radio = {
    Key{"enable", "enable"}, Key{"chip-type", "chip_type"}, Key{"frequency", "frequency_hz"},
    Key{"rssi-offset", "rssi_offset_db"}, Key{"tx", "tx", As::map, transmitter}};
constexpr std::array plan_keys = {
    Key{"sub-bands", "sub_bands", As::list, sub_band},
    Key{"uplink-channels", "uplink_channels", As::list, channel},
    Key{"downlink-channels", "downlink_channels", As::list, channel},
    Key{"lora-standard-channel", "lora_standard_channel", As::map, single_rate},
    Key{"fsk-channel", "fsk_channel", As::map, single_rate},
    Key{"time-off-air", "time_off_air", As::map, time_off_air},
    Key{"dwell-time", "dwell_time", As::map, dwell_time},
    Key{"listen-before-talk", "listen_before_talk", As::map, listen_before_talk},
    Key{"radios", "radios", As::list, radio},
    Key{"clock-source", "clock_source"},
    Key{"ping-slot", "ping_slot", As::map, channel},
    Key{"ping-slot-default-data-rate", "ping_slot_default_data_rate"},
    Key{"rx2-channel", "rx2_channel", As::map, channel},
    Key{"rx2-default-data-rate", "rx2_default_data_rate"},
    Key{"max-eirp", "max_eirp_dbm"},
};

/// Nanoseconds of one unit of Go's durations; nothing for other texts.
std::optional<double> unit_ns(std::string_view unit) {
  constexpr std::pair<std::string_view, double> units[] = {
      {"ns", 1},   {"us", 1e3}, {"\u00b5s", 1e3}, {"\u03bcs", 1e3},
      {"ms", 1e6}, {"s", 1e9},  {"m", 60e9},      {"h", 3600e9}};
  for (const auto& [name, ns] : units) {
    if (unit == name) return ns;
  }
  return std::nullopt;
}

/// `400ms`, `1.5s`, `1m30s`.
std::optional<double> go_duration_ns(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    double number = 0;
    const auto read =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (read.ec != std::errc() || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    const auto ns = unit_ns(text.substr(0, text.find_first_of("0123456789.")));
    if (!ns) return std::nullopt;
    total += number * *ns;
    text.remove_prefix(std::min(text.find_first_of("0123456789."), text.size()));
  }
  return total;
}

/// In units of `unit` nanoseconds; whole if it is.
json::value duration(const YamlNode& node, double unit) {
  auto value = device_repository::to_json(node);
  std::optional<double> ns;
  if (value.is_number()) ns = value.to_number<double>();
  if (value.is_string()) ns = go_duration_ns(std::string_view(value.get_string()));
  if (!ns) return value;
  const double units = *ns / unit;
  constexpr double whole_max = 1e15;
  if (units >= 0 && units <= whole_max && units == std::floor(units))
    return static_cast<std::uint64_t>(units);
  return units;
}

bool is_empty(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return true;
    case YamlNode::Kind::scalar:
      return node.text.empty() && !node.is_plain;
    case YamlNode::Kind::list:
      return node.items.empty();
    case YamlNode::Kind::map:
      return node.members.empty();
  }
  return true;
}

json::object translate(const YamlNode& map, std::span<const Key> keys);

json::value translate(const YamlNode& node, const Key& key) {
  switch (key.as) {
    case As::milliseconds:
      return duration(node, 1e6);
    case As::microseconds:
      return duration(node, 1e3);
    case As::map:
      if (node.kind == YamlNode::Kind::map) return translate(node, key.keys);
      break;
    case As::list: {
      if (node.kind != YamlNode::Kind::list) break;
      json::array list;
      for (const auto& item : node.items) {
        if (item.kind == YamlNode::Kind::map)
          list.emplace_back(translate(item, key.keys));
        else
          list.push_back(device_repository::to_json(item));
      }
      return list;
    }
    case As::same:
      break;
  }
  return device_repository::to_json(node);
}

/// One level of maps per level of the tables: no deeper than they are.
json::object translate(const YamlNode& map, std::span<const Key> keys) {
  json::object out;
  for (const auto& key : keys) {
    const auto* node = map.find(key.theirs);
    if (node != nullptr && !is_empty(*node)) out[key.ours] = translate(*node, key);
  }
  return out;
}

}  // namespace

Result<PlanDocument> read_plan_document(std::string_view text) {
  FF_TRY(const auto tree, device_repository::read_yaml_tree(text));
  if (tree.kind != YamlNode::Kind::map) return fail(no_map);
  PlanDocument out;
  if (const auto* band = tree.find("band-id")) out.band_id = band->text;
  out.content = translate(tree, plan_keys);
  return out;
}

}  // namespace ff::plan_repository
