// A data uplink on its way through the steps of uplink.cpp: what it is judged with, and what the
// device becomes if it is accepted.
#pragma once

#include "actors/network_server/session/state.hpp"
#include "protocol/mac/uplink.hpp"

namespace ff::network_server {

struct SessionState::UplinkWork {
  const UplinkMatched& event;
  phy::DataFrameView frame;
  /// A copy that is worked on; a dropped frame leaves no trace.
  Device next;
  Radio radio;
  std::optional<relay::UplinkToken> relay;  // that heard it

  bool promoted = false;  // the pending session becomes the session
  bool reset = false;     // ABP: counters start anew
  bool retransmission = false;
  /// The device has heard a join-accept of which no gateway has said that it was sent.
  std::optional<mac::QueuedJoinAccept> unreported_accept;
  /// LoRaWAN 1.1: which confirmed downlink it acknowledges; nothing: none.
  std::optional<FCnt32> acknowledged;
  FCnt32 f_cnt;
  DataRateIndex data_rate_index;
  ChannelIndex channel_index;
  Frequency rx1_frequency;  // of plans whose answers come on the uplink's channel
  mac::RecentUplink recent;
  std::vector<mac::Event> mac_events;
  std::vector<mac::Cid> given_up;
  std::vector<mac::Cid> given_up_unheard;
  Bytes frm_payload;  // as received; empty for FPort 0
  std::optional<mac::adr::Decision> adr;
  /// Which rule is being checked; decides the verdict when it fails.
  UplinkVerdict verdict = UplinkVerdict::radio_not_configured;

  /// Clients are told `error`, operators `rule`.
  tl::unexpected<Error> refuse(UplinkVerdict rule, const ErrorDef& error) {
    verdict = rule;
    return fail(error);
  }

  mac::Session& session() { return *next.session; }
  mac::MacState& mac_state() { return *next.mac_state; }
  const mac::Session& session() const { return *next.session; }
  const mac::MacState& mac_state() const { return *next.mac_state; }
};

}  // namespace ff::network_server
