// A device that has a session and joins again, as its session sees it.
#pragma once

#include "test/actors/network_server/session/joining_rig.hpp"

namespace ff::network_server::test {

inline const JoinAnswer accept{Bytes(17, 0x20), {{8}, key, key, key, {}}, {}};

inline RxMetadata heard() {
  RxMetadata metadata;
  metadata.gateway.gateway_id = GatewayId("gateway");
  metadata.uplink_token = {1};
  return metadata;
}

/// A device that has a session, at FCntUp 7, and joins again.
struct RejoiningRig : JoiningRig {
  RejoiningRig() {
    device.session = mac::Session{.dev_addr = address, .keys = {{1, 2}, key, key, key}};
    device.mac_state = initial();
    want_nothing();
    handle_uplink(7);
    passed += std::chrono::seconds{60};
    const auto question = questions(request({heard()})).at(0);
    handle(JoinAnswered{question.attempt, accept});
  }
  Outcome handle_uplink(std::uint32_t f_cnt) {
    phy::DataFrame frame;
    frame.f_port = FPort{1};
    return handle(matched(frame, f_cnt, heard()));
  }
  bool send_accept() {
    const auto sent = all<SendTransmission>(handle(Wake{}));
    if (sent.size() != 1) return false;
    handle(DownlinkScheduled{sent[0].attempt, ScheduledDownlink{GatewayId("gateway"), 1, {}}});
    return true;
  }
  /// A frame of the new session.
  Outcome handle_first_uplink(phy::FCtrl f_ctrl = {}) {
    phy::DataFrame frame;
    frame.f_port = FPort{1};
    frame.f_ctrl = f_ctrl;
    frame.dev_addr = session().device()->pending_session->dev_addr;
    auto event = matched(std::move(frame), 0, heard());
    event.pending_session = true;
    return handle(event);
  }
  bool is_pending() { return session().device()->pending_session.has_value(); }
};

}  // namespace ff::network_server::test
