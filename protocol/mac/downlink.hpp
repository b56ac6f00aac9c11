// The MAC commands of the next class A downlink: answers that wait, then requests where device and
// network differ, within the room there is. Not the frame around them (protocol/phy) and not when
// it is sent (the downlink engine).
#pragma once

#include <cstddef>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

/// Octets of commands that fit a frame beside its header. [TS001-1.0.4 §4.3.1.6]
inline constexpr std::size_t f_opts_max = 15;

/// Room for commands, FHDR and FPort already taken off (`payload_budget`).
struct CommandBudget {
  std::size_t downlink = 0;  // octets of requests and answers now
  std::size_t uplink =
      0;  // octets of the device's answers in its next uplink; counts from LoRaWAN 1.1 on
};

/// Room in a frame with this maximum of FHDR + FPort + FRMPayload: 8 octets less. [spec
/// network-server §8.1]
constexpr std::size_t payload_budget(std::size_t max_mac_payload) noexcept {
  return max_mac_payload > 8 ? max_mac_payload - 8 : 0;
}

struct DownlinkStep {
  MacState next;  // to keep when, and only when, the downlink was scheduled; its events likewise
  std::vector<Event> events;
  Bytes commands;
  bool in_f_opts =
      true;  // otherwise they are the FRMPayload on FPort 0, and no application payload fits
  bool f_pending = false;  // something did not fit
};

/// Total: a corrupt part of the state is skipped with an event. [spec network-server §8.1]
DownlinkStep enqueue_commands(const MacState& state, const DownlinkContext& context,
                              CommandBudget budget);

/// Whether a class A downlink must be sent for the MAC layer's sake: answers wait, a sticky answer
/// wants to be heard, or a request is due. Confirmed uplinks and ADRACKReq are the caller's to see.
/// [spec network-server §11.2]
bool needs_downlink(const MacState& state, const DownlinkContext& context);

/// The identifiers of all requests that are due, in order of sending. For inspection.
std::vector<Cid> due_requests(const MacState& state, const DownlinkContext& context);

}  // namespace ff::mac
