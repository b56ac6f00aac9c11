// A session under test with packets instead of bytes and lines of text instead of effects. For
// tests only.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "net/mqtt/session.hpp"

namespace ff::mqtt {

using Lines = std::vector<std::string>;
using std::chrono::seconds;

class Conversation {
 public:
  explicit Conversation(Version version, const SessionLimits& limits = {})
      : session_(limits), version_(version) {}

  MonoTime now;

  Lines start() { return lines(session_.start(now)); }
  Lines receive(const Packet& packet) { return receive(encode(packet, version_).flat()); }
  Lines receive(ByteView bytes) { return lines(session_.receive(bytes, now)); }
  Lines authenticated(const AuthenticationOutcome& outcome) {
    return lines(session_.authenticated(outcome, now));
  }
  Lines subscribe_handled(std::uint16_t id, const std::vector<ReasonCode>& reasons) {
    return lines(session_.subscribe_handled(id, reasons, now));
  }
  Lines unsubscribe_handled(std::uint16_t id, const std::vector<ReasonCode>& reasons) {
    return lines(session_.unsubscribe_handled(id, reasons, now));
  }
  Lines publish_handled(std::uint64_t handle, ReasonCode reason = ReasonCode::success) {
    return lines(session_.publish_handled(PublishHandle(handle), reason, now));
  }
  Lines deliver(const Message& message, const Delivery& delivery) {
    return lines(session_.deliver(message, delivery));
  }
  Lines deadline_passed() { return lines(session_.deadline_passed(now)); }
  Lines disconnect(ReasonCode reason) { return lines(session_.disconnect(reason)); }
  Lines closed() { return lines(session_.closed()); }

  /// Everything up to CONNACK, unseen.
  void open() { open(Connect{.version = version_, .client_id = "c"}); }
  void open(Connect connect, const Accepted& accepted = {}) {
    connect.version = version_;
    start();
    receive(connect);
    authenticated(accepted);
  }

  Session& session() { return session_; }

 private:
  Lines lines(const Effects& effects) const {
    Lines out;
    for (const auto& effect : effects) out.push_back(to_string(effect, session_.version()));
    return out;
  }

  Session session_;
  Version version_;
};

}  // namespace ff::mqtt
