// A session of a device, its surroundings and its clock: what the tests of SessionState share.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "actors/network_server/session/state.hpp"
#include "protocol/mac/initial.hpp"
#include "protocol/phy/seal.hpp"

namespace ff::network_server::test {

inline constexpr DevAddr address{0x260b1234};
inline const Aes128Key key = Aes128Key::from(Bytes(16, 0x42));
inline const UtcTime start{std::chrono::seconds{1'700'000'000}};

inline MetadataPtr heard_as(std::vector<RxMetadata> metadata) {
  return std::make_shared<const std::vector<RxMetadata>>(std::move(metadata));
}

struct SessionRig {
  SessionRig(DeviceUid of, MacVersion version) : uid(std::move(of)), mac_version(version) {
    device.ids.uid = uid;
    device.lorawan_version = version;
    device.lorawan_phy_version =
        version == MacVersion::v1_1 ? PhyVersion::rp001_v1_1_rev_b : PhyVersion::rp001_v1_0_3_rev_a;
    device.frequency_plan_id = "EU_863_870_TTN";
    device.session = mac::Session{.dev_addr = address, .keys = {{1, 2}, key, key, key}};
    device.mac_state = initial();
  }

  /// The MAC state that the device begins with.
  mac::MacState initial() const {
    const auto& plan = *plans().find("EU_863_870_TTN");
    const auto& region = *region::find(plan.band_id, device.lorawan_phy_version);
    const mac::MacSettings none;
    const mac::DeviceProfile profile{.region = region,
                                     .plan = plan,
                                     .settings = device.mac_settings,
                                     .network_defaults = none,
                                     .lorawan_version = mac_version,
                                     .supports_class_b = device.supports_class_b,
                                     .supports_class_c = device.supports_class_c,
                                     .multicast = device.multicast};
    return mac::initial_state(profile).value();
  }

  /// The standard ones, and one that leaves room for repeaters.
  static const region::FrequencyPlans& plans() {
    static const auto all = [] {
      auto made = region::FrequencyPlans::standard();
      const auto added = made.add_json(
          R"({"id":"REPEATER","base_id":"EU_863_870_TTN","plan":{"repeater_compatible":true}})");
      EXPECT_TRUE(added);
      return made;
    }();
    return all;
  }

  /// The network has nothing to tell the device.
  void want_nothing() {
    device.mac_state->desired = device.mac_state->current;
    device.mac_settings.status_time_periodicity = Duration{0};
    device.mac_settings.status_count_periodicity = 0;
  }

  SessionState& session() {
    if (!state) {
      state = std::make_unique<SessionState>(
          Surroundings{config, plans(), *storage::ShardCount::make(4)}, uid,
          std::make_shared<const Device>(device));
    }
    return *state;
  }
  UtcTime now() const { return start + passed; }
  Turn turn() { return {{now(), MonoTime{passed}}, *random}; }
  Outcome handle(const SessionEvent& event) { return session().handle(event, turn()); }

  /// A frame with the session's address and keys, as its gateway passed it on.
  UplinkMatched matched(phy::DataFrame frame, std::uint32_t f_cnt, RxMetadata metadata) const {
    if (frame.dev_addr == DevAddr()) frame.dev_addr = address;
    auto received = std::make_shared<UplinkFrame>();
    received->phy_payload = phy::seal_frame(std::move(frame), {key, key, key},
                                            {.mac_version = mac_version, .f_cnt = FCnt32{f_cnt}})
                                .value();
    received->settings.data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};
    received->settings.frequency = Frequency::hz(868'100'000);
    received->received_at = now();
    return {
        .frame = received, .rx_metadata = heard_as({std::move(metadata)}), .f_cnt = FCnt32{f_cnt}};
  }

  DeviceUid uid;
  MacVersion mac_version;
  Config config;
  Device device;
  Duration passed{0};
  std::unique_ptr<Random> random = make_seeded_random(1);
  std::unique_ptr<SessionState> state;
};

/// Effects of one kind.
template <class Wanted>
std::vector<Wanted> all(const Outcome& outcome) {
  std::vector<Wanted> found;
  for (const auto& effect : outcome.effects) {
    if (const auto* one = std::get_if<Wanted>(&effect)) found.push_back(*one);
  }
  return found;
}

}  // namespace ff::network_server::test
