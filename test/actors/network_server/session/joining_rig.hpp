// A device of 1.0.3 that joins over the air, as its session sees it.
#pragma once

#include <string>
#include <vector>

#include "test/actors/network_server/session/rig.hpp"

namespace ff::network_server::test {

struct JoiningRig : SessionRig {
  JoiningRig() : SessionRig({ApplicationId("app"), DeviceId("dev")}, MacVersion::v1_0_3) {
    config.interop = true;
    device.supports_join = true;
    device.session.reset();
    device.mac_state.reset();
  }
  Outcome request(std::vector<RxMetadata> metadata = {RxMetadata{}}) {
    auto frame = std::make_shared<UplinkFrame>();
    frame->phy_payload = Bytes(23, 0);
    frame->settings.data_rate = LoraDataRate{9, 125'000, CodingRate::cr4_5};
    frame->settings.frequency = Frequency::hz(868'300'000);
    frame->received_at = now();
    frame->correlation_ids = {"gs:uplink:1"};
    return handle(JoinRequestReceived{frame, heard_as(std::move(metadata))});
  }
  static std::vector<AskJoinServer> questions(const Outcome& outcome) {
    std::vector<AskJoinServer> out;
    for (const auto& effect : outcome.effects) {
      if (const auto* ask = std::get_if<AskJoinServer>(&effect)) out.push_back(*ask);
    }
    return out;
  }
  static std::vector<std::string> events(const Outcome& outcome) {
    std::vector<std::string> out;
    for (const auto& effect : outcome.effects) {
      if (const auto* one = std::get_if<PublishEvent>(&effect)) out.emplace_back(one->event.name);
    }
    return out;
  }
};

}  // namespace ff::network_server::test
