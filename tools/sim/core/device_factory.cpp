#include "tools/sim/core/device_factory.hpp"

#include "protocol/base/random.hpp"

namespace ff::sim {
namespace {

constexpr int id_digits = 6;
constexpr std::uint64_t seed_stride = 0x9e37'79b9'7f4a'7c15;

Aes128Key random_key(Random& random) {
  std::array<std::uint8_t, Aes128Key::size> bytes;
  random.fill(bytes);
  return Aes128Key(bytes);
}

std::string device_id(const DeviceRange& range, std::uint32_t index) {
  auto number = std::to_string(index + 1);
  if (number.size() < id_digits) number.insert(0, id_digits - number.size(), '0');
  return range.id_prefix + "-" + number;
}

DeviceIdentity make_device(const DeviceRange& range, std::uint32_t index) {
  const auto random = make_seeded_random(range.seed * seed_stride + index);
  DeviceIdentity device;
  device.device_id = device_id(range, index);
  device.dev_eui = DevEui{range.first_dev_eui.value() + index};
  device.join_eui = range.join_eui;
  device.activation = range.activation;
  device.device_class = range.device_class;
  device.mac_version = range.mac_version;
  device.phy_version = range.phy_version;
  device.frequency_plan_id = range.frequency_plan_id;
  device.app_key = random_key(*random);
  device.nwk_key = random_key(*random);
  device.dev_addr = DevAddr{range.first_dev_addr.value() + index};
  auto& network = device.session.network;
  network.f_nwk_s_int_key = random_key(*random);
  const bool v1_1 = at_least(range.mac_version, MacVersion::v1_1);
  network.s_nwk_s_int_key = v1_1 ? random_key(*random) : network.f_nwk_s_int_key;
  network.nwk_s_enc_key = v1_1 ? random_key(*random) : network.f_nwk_s_int_key;
  device.session.app_s_key = random_key(*random);
  return device;
}

}  // namespace

std::vector<DeviceIdentity> make_devices(const DeviceRange& range) {
  std::vector<DeviceIdentity> devices;
  devices.reserve(range.count);
  for (std::uint32_t i = 0; i < range.count; ++i) devices.push_back(make_device(range, i));
  return devices;
}

}  // namespace ff::sim
