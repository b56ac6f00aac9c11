// The CSV form of devices; declared in device_factory.hpp.
#include <array>
#include <optional>

#include "protocol/base/hex.hpp"
#include "tools/sim/core/device_factory.hpp"

namespace ff::sim {
namespace {

enum class Column : std::uint8_t {
  device_id,
  dev_eui,
  join_eui,
  activation,
  lorawan_version,
  lorawan_phy_version,
  frequency_plan_id,
  dev_addr,
  app_key,
  nwk_key,
  f_nwk_s_int_key,
  s_nwk_s_int_key,
  nwk_s_enc_key,
  app_s_key,
  device_class,
};
constexpr std::array<std::string_view, 15> column_names{
    "device_id",           "dev_eui",           "join_eui",      "activation", "lorawan_version",
    "lorawan_phy_version", "frequency_plan_id", "dev_addr",      "app_key",    "nwk_key",
    "f_nwk_s_int_key",     "s_nwk_s_int_key",   "nwk_s_enc_key", "app_s_key",  "class",
};

std::string_view take_until(std::string_view& text, char end) {
  const auto place = text.find(end);
  const auto taken = text.substr(0, place);
  text.remove_prefix(place == std::string_view::npos ? text.size() : place + 1);
  return taken;
}

std::string_view take_line(std::string_view& text) {
  auto line = take_until(text, '\n');
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const bool last = line.find(',') == std::string_view::npos;
    cells.push_back(take_until(line, ','));
    if (last) return cells;
  }
}

std::optional<Column> column_of(std::string_view name) {
  for (std::size_t i = 0; i < column_names.size(); ++i) {
    if (column_names[i] == name) return static_cast<Column>(i);
  }
  return std::nullopt;
}

/// False when the text is no key; an empty cell leaves the key zero.
bool read_key(std::string_view text, Aes128Key& key) {
  if (text.empty()) return true;
  const auto bytes = parse_hex(text);
  if (!bytes || bytes->size() != Aes128Key::size) return false;
  key = Aes128Key::from(*bytes);
  return true;
}

template <class Id>
bool read_number(std::string_view text, int digits, Id& id) {
  if (text.empty()) return true;
  const auto number = parse_hex_number(text, digits);
  if (number) id = Id{static_cast<typename Id::Value>(*number)};
  return number.has_value();
}

bool read_activation(std::string_view text, Activation& activation) {
  activation = text == "otaa" ? Activation::otaa : Activation::abp;
  return text == "otaa" || text == "abp";
}

bool read_class(std::string_view text, DeviceClass& device_class) {
  const auto found = parse_device_class(text.empty() ? "A" : text);
  if (found) device_class = *found;
  return found.has_value();
}

bool read_cell(Column column, std::string_view text, DeviceIdentity& device) {
  auto& network = device.session.network;
  switch (column) {
    case Column::device_id:
      device.device_id = text;
      return is_valid_id(text);
    case Column::dev_eui:
      return read_number(text, 16, device.dev_eui);
    case Column::join_eui:
      return read_number(text, 16, device.join_eui);
    case Column::activation:
      return read_activation(text, device.activation);
    case Column::lorawan_version:
      device.mac_version = parse_mac_version(text);
      return device.mac_version != MacVersion::unknown;
    case Column::lorawan_phy_version:
      device.phy_version = parse_phy_version(text);
      return device.phy_version != PhyVersion::unknown;
    case Column::frequency_plan_id:
      device.frequency_plan_id = text;
      return !text.empty();
    case Column::dev_addr:
      return read_number(text, 8, device.dev_addr);
    case Column::app_key:
      return read_key(text, device.app_key);
    case Column::nwk_key:
      return read_key(text, device.nwk_key);
    case Column::f_nwk_s_int_key:
      return read_key(text, network.f_nwk_s_int_key);
    case Column::s_nwk_s_int_key:
      return read_key(text, network.s_nwk_s_int_key);
    case Column::nwk_s_enc_key:
      return read_key(text, network.nwk_s_enc_key);
    case Column::app_s_key:
      return read_key(text, device.session.app_s_key);
    case Column::device_class:
      return read_class(text, device.device_class);
  }
  return false;
}

/// 1.0.x needs one network session key.
void fill_network_keys(DeviceIdentity& device) {
  auto& network = device.session.network;
  if (at_least(device.mac_version, MacVersion::v1_1)) return;
  network.s_nwk_s_int_key = network.nwk_s_enc_key = network.f_nwk_s_int_key;
}

std::string write_line(const DeviceIdentity& device) {
  const auto& network = device.session.network;
  const std::array<std::string, column_names.size()> cells{
      device.device_id,
      to_string(device.dev_eui),
      to_string(device.join_eui),
      device.activation == Activation::otaa ? "otaa" : "abp",
      std::string(to_string(device.mac_version)),
      std::string(api_name(device.phy_version)),
      device.frequency_plan_id,
      to_string(device.dev_addr),
      hex_upper(device.app_key.bytes()),
      hex_upper(device.nwk_key.bytes()),
      hex_upper(network.f_nwk_s_int_key.bytes()),
      hex_upper(network.s_nwk_s_int_key.bytes()),
      hex_upper(network.nwk_s_enc_key.bytes()),
      hex_upper(device.session.app_s_key.bytes()),
      std::string(to_string(device.device_class))};
  std::string line;
  for (const auto& cell : cells) line += (line.empty() ? "" : ",") + cell;
  return line + "\n";
}

}  // namespace

std::string write_device_csv(const std::vector<DeviceIdentity>& devices) {
  std::string out;
  for (const auto name : column_names) out += (out.empty() ? "" : ",") + std::string(name);
  out += '\n';
  for (const auto& device : devices) out += write_line(device);
  return out;
}

Result<std::vector<DeviceIdentity>> read_device_csv(std::string_view text) {
  std::vector<std::optional<Column>> columns;
  for (const auto name : split(take_line(text))) columns.push_back(column_of(name));
  std::vector<DeviceIdentity> devices;
  for (int number = 2; !text.empty(); ++number) {
    const auto line = take_line(text);
    if (line.empty()) continue;
    const auto cells = split(line);
    if (cells.size() != columns.size()) {
      return fail(bad_device_file, {{"line", number}, {"reason", "wrong number of cells"}});
    }
    DeviceIdentity device;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!columns[i] || read_cell(*columns[i], cells[i], device)) continue;
      const auto name = column_names[static_cast<std::size_t>(*columns[i])];
      return fail(bad_device_file, {{"line", number}, {"reason", name}});
    }
    if (device.device_id.empty() || device.frequency_plan_id.empty()) {
      return fail(bad_device_file,
                  {{"line", number}, {"reason", "no device_id or frequency_plan_id"}});
    }
    fill_network_keys(device);
    devices.push_back(std::move(device));
  }
  return devices;
}

}  // namespace ff::sim
