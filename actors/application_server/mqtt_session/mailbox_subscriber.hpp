// INTERNAL: how a session hears live messages.
#pragma once

#include <atomic>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <memory>

#include "actors/application_server/mqtt_session/interface.hpp"

namespace ff::application_server::mqtt_session {

/// The link's way to the session's mailbox. What has no room there is read from the outbox.
class MailboxSubscriber final : public Subscriber,
                                public std::enable_shared_from_this<MailboxSubscriber> {
 public:
  MailboxSubscriber(std::uint32_t window, const SessionActor& session)
      : Subscriber(window), session_(session.address()) {}

  std::string_view protocol() const noexcept override { return "mqtt"; }
  void deliver(const UpPublished& up) noexcept override {
    if (const auto session = caf::actor_cast<SessionActor>(session_))
      caf::anon_send(session, LiveMessage{up, shared_from_this()});
  }
  bool defer(const UpPublished&) noexcept override {
    // One word is enough until the session has heard it.
    if (told_.exchange(true)) return true;
    if (const auto session = caf::actor_cast<SessionActor>(session_))
      caf::anon_send(session, Missed{});
    return true;
  }
  void heard() noexcept { told_ = false; }

 private:
  caf::actor_addr session_;
  std::atomic<bool> told_{false};
};

}  // namespace ff::application_server::mqtt_session
