// World's relays: frames of devices that no gateway hears, and the answers to them. Wake-up frames
// are taken as heard. [TS011-1.0.1]
#include "protocol/schedule/time_on_air.hpp"
#include "tools/sim/core/world.hpp"

namespace ff::sim {
namespace {

/// From the end of a frame to its relay's transmission.
constexpr Duration forward_delay = std::chrono::milliseconds{50};
/// What a relay's uplink adds to the frame: MHDR, FHDR, FPort, MIC; metadata and frequency.
constexpr std::size_t carrier_size = 13 + 6;

}  // namespace

/// A relay forwards join-requests, and the data of devices on its list; it reports others.
bool World::send_by_relay(std::uint32_t index, const Transmission& transmission) {
  const auto number = *devices_[index].relay;
  auto& relay = devices_[number].device;
  if (!relay.relays()) return false;
  // In its own windows it hears no wake-up frames.
  const auto& windows = relay.windows();
  if (windows && now_ < windows->rx2.start + window_length) return false;
  if (!transmission.is_join_request) {
    const auto address = devices_[index].device.dev_addr();
    if (!relay.trusts(address)) {
      relay.ask(
          mac::NotifyNewEndDeviceReq{.dev_addr = address, .wor_snr_db = 7, .wor_rssi_dbm = -75});
      return false;
    }
  }
  const auto& parameters = relay.parameters();
  const auto* entry =
      placements_[number].region->data_rate(parameters.data_rate, region::Direction::uplink);
  if (entry == nullptr) return false;
  const auto air = schedule::time_on_air(transmission.phy_payload.size() + carrier_size,
                                         entry->data_rate, transmission.frequency);
  if (!air) return false;
  relayed_.emplace(next_relayed_, Relayed{index, now_, transmission});
  calendar_.add(now_ + forward_delay + *air, EventKind::relay, next_relayed_++);
  return true;
}

/// The relay's own uplink ends.
void World::relay(std::uint32_t number) {
  auto node = relayed_.extract(number);
  auto& relayed = node.mapped();
  const auto index = *devices_[relayed.device].relay;
  auto& relay = devices_[index];
  const auto carrier = relay.device.forward(relayed.transmission, now_, *random_);
  if (!carrier) return;
  ++report_.relayed;
  ++relay.transmission;
  served_[index] = std::move(relayed);
  broadcast(index, *carrier);
}

void World::answer_by_relay(std::uint32_t relay, ByteView phy_payload) {
  const auto served = served_.find(relay);
  if (served == served_.end()) return;
  const auto start = served->second.end + relay_answer_delay;
  if (start < now_) return;
  const auto number = next_emission_++;
  emissions_.emplace(number, Planned{.emission = {.start = start,
                                                  .gps_start = {},
                                                  .frequency = {},
                                                  .data_rate = {},
                                                  .from_relay = true,
                                                  .phy_payload = to_owned(phy_payload)}});
  calendar_.add(start, EventKind::emission, number);
}

}  // namespace ff::sim
