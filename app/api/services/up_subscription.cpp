#include "app/api/services/up_subscription.hpp"

#include <caf/send.hpp>

namespace ff::api {

void subscribe_to_ups(const ServiceContext& context, const UpDoors& doors,
                      const std::shared_ptr<const Call>& call, const ApplicationId& application_id,
                      const std::shared_ptr<UpStream::Ups>& stream) {
  // With a copy of the context: a link may deliver once more when the services have gone.
  auto may_read = [context, call, entity = application_key(application_id.text())](
                      std::function<void(Status)> then) {
    context.require(call, entity, needed_rights(call->method, {}), std::move(then));
  };
  may_read([=](const Status& allowed) {
    if (!allowed) return stream->finish(allowed);
    const auto directory = doors.links.get();
    if (!directory)
      return stream->finish(fail(peer_unavailable, {{"cluster_role", "APPLICATION_SERVER"}}));
    auto slot = doors.slots->take(application_id.text());
    if (!slot) return stream->finish(fail(too_many_streams, {{"max", doors.slots->max()}}));
    auto subscriber =
        std::make_shared<UpStream>(stream, may_read, std::move(slot), doors.unreadable);
    auto leave = [links = doors.links, application_id, weak = std::weak_ptr(subscriber)] {
      if (auto handle = links.get())
        caf::anon_send(handle, application_server::UnsubscribeUps{application_id, weak.lock()});
    };
    subscriber->on_end(leave);
    caf::anon_send(directory, application_server::SubscribeUps{application_id, subscriber,
                                                               [stream] { stream->open(); }});
    // The stream keeps the subscriber until then.
    stream->on_cancel([leave, subscriber] { leave(); });
  });
}

}  // namespace ff::api
