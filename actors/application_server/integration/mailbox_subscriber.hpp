// How an integration's actor hears live messages: the link's way to its mailbox.
#pragma once

#include <atomic>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <memory>

#include "actors/application_server/link/subscriber.hpp"

namespace ff::application_server::integration {

/// `Actor` takes `Live{UpPublished, std::shared_ptr<Subscriber>}` and `Missed{}`. What has no room
/// in its mailbox it reads from the outbox.
template <class Actor, class Live, class Missed>
class MailboxSubscriber final
    : public Subscriber,
      public std::enable_shared_from_this<MailboxSubscriber<Actor, Live, Missed>> {
 public:
  /// `protocol`: a literal.
  MailboxSubscriber(std::string_view protocol, std::uint32_t window, const Actor& actor)
      : Subscriber(window), protocol_(protocol), actor_(actor.address()) {}

  std::string_view protocol() const noexcept override { return protocol_; }
  void deliver(const UpPublished& up) noexcept override {
    if (const auto actor = caf::actor_cast<Actor>(actor_))
      caf::anon_send(actor, Live{up, this->shared_from_this()});
  }
  bool defer(const UpPublished&) noexcept override {
    // One word is enough until the actor has heard it.
    if (told_.exchange(true)) return true;
    if (const auto actor = caf::actor_cast<Actor>(actor_)) caf::anon_send(actor, Missed{});
    return true;
  }
  void heard() noexcept { told_ = false; }

 private:
  std::string_view protocol_;
  caf::actor_addr actor_;
  std::atomic<bool> told_{false};
};

}  // namespace ff::application_server::integration
