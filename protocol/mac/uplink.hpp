// The MAC commands of an uplink, in order, applied to a copy of the state. Not the matching of the
// frame to a session and not its counter (the session layer), not adaptive data rate (adr/adr.hpp).
#pragma once

#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/mac/command/codec.hpp"
#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

struct UplinkStep {
  MacState next;
  std::vector<Event> events;
  std::vector<Cid>
      deferred;  // device requests that wait for all gateways' copies: give them to answer_deferred
  std::vector<Cid> given_up;  // requests that will not be sent again: refused `refusals_max` times
  /// Requests that are made with few uplinks only from now on: `unanswered_max` times in a row the
  /// device has not answered.
  std::vector<Cid> given_up_unheard;
  bool rekeyed = false;  // promote the pending session to the session
  bool reset = false;    // the session's counters start anew
};

/// Whether a frame with these commands leaves the state as it is: most do. Then the two calls below
/// need not be made.
bool is_quiet(const MacState& state, const Decoded& commands) noexcept;

/// Handles the commands of one frame. Requests still unanswered at its end are dropped with an
/// event; the first unknown, malformed or failing command ends processing with an event. The only
/// error is `request_not_found`, for an answer in the first frame of a session: the frame is not
/// what it seems and must be dropped without a trace. [spec network-server §3.9]
Result<UplinkStep> handle_uplink_commands(MacState state, const Decoded& commands,
                                          const UplinkContext& context);

/// Adds the answers to `step.deferred`, in order. Call once, when the metadata of all gateways is
/// merged. [spec network-server §3.14]
UplinkStep answer_deferred(UplinkStep step, const Reception& reception,
                           const UplinkContext& context);

}  // namespace ff::mac
