// What links and their directory are asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/application_server/link/subscriber.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"

namespace ff::application_server {

/// From now on the subscriber gets every message of the application. `subscribed` is called when
/// that is so.
struct SubscribeUps {
  ApplicationId application_id;
  std::shared_ptr<Subscriber> subscriber;
  std::function<void()> subscribed;
};
/// Afterwards nothing more, save what is under way.
struct UnsubscribeUps {
  ApplicationId application_id;
  std::shared_ptr<Subscriber> subscriber;
};

/// INTERNAL: time to see whether anybody listens.
struct CheckIdle {};
/// INTERNAL, from a link: nobody has listened for long. `subscriptions` counts those it was told
/// of.
struct LinkIdle {
  ApplicationId application_id;
  std::uint64_t subscriptions = 0;
};
/// INTERNAL, to a link: nobody will send to it any more.
struct EndLink {};

struct LinkSnapshot {
  ApplicationId application_id;
  std::size_t subscribers = 0;
};
struct InspectLinks {
  actors::Reply<std::vector<LinkSnapshot>> reply;
};

}  // namespace ff::application_server
FF_LOCAL_MESSAGE(ff::application_server::SubscribeUps)
FF_LOCAL_MESSAGE(ff::application_server::UnsubscribeUps)
FF_LOCAL_MESSAGE(ff::application_server::CheckIdle)
FF_LOCAL_MESSAGE(ff::application_server::LinkIdle)
FF_LOCAL_MESSAGE(ff::application_server::EndLink)
FF_LOCAL_MESSAGE(ff::application_server::InspectLinks)
