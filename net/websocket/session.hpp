// A server's side of one WebSocket connection as a state machine: bytes, wishes and times in,
// effects out. Not the opening handshake (handshake.hpp), not a transport (server_connection.hpp).
//
//   open ──close(), fault──▶ closing ──peer's close, close_timeout──▶ ended
//     └──peer's close, transport lost──────────────────────────────────▲
//
// Frames after a fault are not read: what they mean is unknown.
#pragma once

#include "net/websocket/effect.hpp"
#include "net/websocket/utf8.hpp"
#include "protocol/base/random.hpp"

namespace ff::websocket {

struct SessionLimits {
  /// Octets of one message, all its fragments together; more is closed with message_too_big.
  std::size_t message_size_max = 64U << 10U;
  /// Between pings, varied by `ping_jitter` of it up and down; 0: no pings.
  Duration ping_interval = std::chrono::seconds{30};
  double ping_jitter = 0.1;
  /// Pings without an answer that are forgiven to a peer that has answered once.
  std::uint32_t missed_pongs_max = 2;
  /// Longest silence of any peer, also of one that never answers pings.
  Duration silence_max = std::chrono::minutes{15};
  /// For the peer's answer to our close.
  Duration close_timeout = std::chrono::seconds{5};
};

/// Total: every call is legal in every state.
class Session {
 public:
  /// `random` varies the pings and outlives the session.
  Session(const SessionLimits& limits, Random& random, MonoTime now);

  Effects start();
  /// The transport's bytes, however they are cut.
  Effects receive(ByteView bytes, MonoTime now);
  /// `text` must be UTF-8. No effect when the session is not open.
  Effects send_text(std::string_view text);
  Effects send_binary(ByteView data);
  Effects close(CloseCode code, std::string_view reason, MonoTime now);
  Effects deadline_passed(MonoTime now);
  /// The transport ended.
  Effects transport_closed(EndCause cause);

  bool is_open() const noexcept { return state_ == State::open; }

 private:
  enum class State : std::uint8_t { open, closing, ended };

  ByteView take(ByteView bytes, MonoTime now, Effects& effects);
  void begin_frame(const FrameHeader& header, MonoTime now, Effects& effects);
  void end_frame(MonoTime now, Effects& effects);
  void on_control(MonoTime now, Effects& effects);
  void on_close(MonoTime now, Effects& effects);
  void fault(EndCause cause, CloseCode code, MonoTime now, Effects& effects);
  void start_closing(CloseCode code, std::string_view reason, MonoTime now, Effects& effects);
  void finish(Effects& effects);
  void plan_ping(MonoTime now);
  SetDeadline next_deadline() const;

  const SessionLimits limits_;
  Random& random_;
  State state_ = State::open;
  bool reads_ = true;  // false after a fault
  HeaderDecoder decoder_;
  std::optional<FrameHeader> frame_;  // whose payload is being read
  std::uint64_t received_ = 0;        // octets of it
  Bytes control_;
  std::optional<Message> message_;  // begun, not complete
  Utf8Check utf8_;
  MonoTime heard_at_;
  MonoTime ping_at_;
  MonoTime close_at_;
  std::uint32_t unanswered_ = 0;
  bool pong_seen_ = false;
};

}  // namespace ff::websocket
