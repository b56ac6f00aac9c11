// What a session asks of its transport and tells its owner. Values.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/websocket/frame.hpp"
#include "protocol/base/time.hpp"

namespace ff::websocket {

/// Why a session ended; labels the metric.
enum class EndCause : std::uint8_t {
  closed_by_peer,   ///< The peer sent a close frame.
  closed_by_owner,  ///< close() was called.
  protocol_error,   ///< Frames against the RFC.
  invalid_text,     ///< A text message that is not UTF-8.
  message_too_big,
  missed_pongs,     ///< The peer answered pings once and no longer does.
  silent,           ///< Nothing was received for `silence_max`.
  connection_lost,  ///< The transport ended without a close frame.
  slow_reader,      ///< The peer did not take what was sent to it.
  stopped,          ///< The process ends.
};
inline constexpr std::size_t end_cause_count = 10;
std::string_view to_string(EndCause cause) noexcept;

// --- for the transport -------------------------------------------------------------------------

struct Send {
  Bytes bytes;
  bool operator==(const Send&) const = default;
};
/// Call deadline_passed() then; replaces an earlier one.
struct SetDeadline {
  MonoTime at;
  bool operator==(const SetDeadline&) const = default;
};
/// Send what waits, then end the transport in order.
struct CloseTransport {
  bool operator==(const CloseTransport&) const = default;
};

// --- for the owner -----------------------------------------------------------------------------

struct Message {
  bool is_text = true;  ///< Then it is UTF-8.
  Bytes payload;
  bool operator==(const Message&) const = default;
};
/// Exactly once; no message comes after it. The closing handshake may still be under way.
struct Ended {
  EndCause cause = EndCause::connection_lost;
  CloseCode code = CloseCode::abnormal_closure;  ///< Of whoever closed.
  std::string reason;                            ///< The peer's, if it closed.
  bool operator==(const Ended&) const = default;
};

using Effect = std::variant<Send, SetDeadline, CloseTransport, Message, Ended>;
using Effects = std::vector<Effect>;

}  // namespace ff::websocket
