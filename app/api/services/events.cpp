// Events: the live stream of what happens to applications, devices, gateways and accounts.
#include <algorithm>
#include <atomic>

#include "app/api/services/mapping/events.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/events.grpc.pb.h"

namespace ff::api {
namespace {

constexpr ErrorDef no_identifiers{"pkg/events/grpc", "no_identifiers", Code::invalid_argument,
                                  "no identifiers"};
constexpr ErrorDef storage_disabled{"pkg/events/grpc", "storage_disabled",
                                    Code::failed_precondition, "events storage is not enabled"};

storage::EntityKey entity_of(const events::EventSubject& subject) {
  if (const auto* gateway = std::get_if<GatewayIdentifiers>(&subject))
    return gateway_key(gateway->gateway_id.text());
  if (const auto* device = std::get_if<DeviceIdentifiers>(&subject)) {
    return application_key(device->uid.application_id.text());
  }
  if (const auto* account = std::get_if<events::AccountId>(&subject)) {
    constexpr storage::EntityKind kinds[] = {
        storage::EntityKind::user, storage::EntityKind::organization, storage::EntityKind::client};
    return {kinds[static_cast<std::size_t>(account->kind)], {account->id}};
  }
  const auto* application = std::get_if<ApplicationId>(&subject);
  return application_key(application ? application->text() : std::string());
}

/// One client: what it asked for, and what it may see of each subject.
struct Listener {
  std::shared_ptr<const Call> call;
  std::shared_ptr<Stream<pb::Event>> stream;
  pb::StreamEventsRequest request;
  std::vector<events::EventSubject> subjects;
  std::vector<RightSet> rights;  // of each subject
  std::atomic<std::uint64_t> subscription{0};

  bool sees(const events::Event& event) const {
    const auto& names = request.names();
    if (!names.empty() && std::ranges::find(names, event.name) == names.end()) return false;
    const auto needed = visibility(event);
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      if (events::concerns(event.subject, subjects[i]) &&
          std::ranges::find(rights[i], needed) != rights[i].end()) {
        return true;
      }
    }
    return false;
  }
};
using ListenerPtr = std::shared_ptr<Listener>;

class EventStreams final : public pb::Events::CallbackService {
 public:
  EventStreams(const ServiceContext& context, events::Hub& hub, NewId new_id)
      : context_(context), hub_(hub), new_id_(std::move(new_id)) {}

  grpc::ServerWriteReactor<pb::Event>* Stream(grpc::CallbackServerContext* context,
                                              const pb::StreamEventsRequest* request) override {
    return context_.front.stream<pb::Event>(
        {"ttn.lorawan.v3.Events/Stream"}, context, request,
        [this](auto call, const auto& wanted, const auto& stream) {
          auto listener = std::make_shared<Listener>();
          listener->call = call;
          listener->stream = stream;
          listener->request = wanted;
          for (const auto& ids : wanted.identifiers()) {
            listener->subjects.push_back(subject_of(ids));
          }
          admit(listener);
        });
  }

  grpc::ServerUnaryReactor* FindRelated(grpc::CallbackServerContext* context,
                                        const pb::FindRelatedEventsRequest* request,
                                        pb::FindRelatedEventsResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.Events/FindRelated"}, context, request, response,
        [](auto, const auto&, const auto& reply) { reply(fail(storage_disabled)); });
  }

 private:
  /// The rights on one subject after another; on each the caller needs any.
  void admit(const ListenerPtr& listener) const {
    if (listener->subjects.empty()) return listener->stream->finish(fail(no_identifiers));
    const auto next = listener->rights.size();
    if (next == listener->subjects.size()) return listen(listener);
    const auto entity = entity_of(listener->subjects[next]);
    auto answered = [this, listener, entity](Result<RightSet> held) {
      if (!held) return listener->stream->finish(fail(std::move(held).error()));
      const auto status =
          check_rights(entity, {held->empty() ? Right::RIGHT_ALL : held->front()}, *held);
      if (!status) return listener->stream->finish(fail(status.error()));
      listener->rights.push_back(*std::move(held));
      admit(listener);
    };
    context_.rights(*listener->call, entity,
                    context_.asker.within_deadline<RightSet>("IDENTITY_SERVER", answered));
  }

  void listen(const ListenerPtr& listener) const {
    listener->stream->write(start_event(*listener));
    auto receive = [listener, hub = &hub_, new_id = new_id_](const events::EventPtr& event) {
      if (!listener->sees(*event)) return;
      auto message = to_proto(*event);
      message.set_unique_id(new_id());
      // Over, because the client left or reads too slowly.
      if (!listener->stream->write(std::move(message))) {
        hub->unsubscribe(events::SubscriptionId(listener->subscription));
      }
    };
    const auto id =
        hub_.subscribe({listener->subjects, std::move(receive)}, listener->request.tail());
    listener->subscription = id.value();
    listener->stream->on_cancel([hub = &hub_, id] { hub->unsubscribe(id); });
  }

  /// Tells the client that it is subscribed.
  pb::Event start_event(const Listener& listener) const {
    pb::Event event;
    event.set_name("events.stream.start");
    put_time(context_.now(), *event.mutable_time());
    *event.mutable_identifiers() = listener.request.identifiers();
    for (const auto& id : listener.call->correlation_ids) event.add_correlation_ids(id);
    event.set_unique_id(new_id_());
    return event;
  }

  const ServiceContext& context_;
  events::Hub& hub_;
  NewId new_id_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_events(const ServiceContext& context, events::Hub& hub,
                                           NewId new_id) {
  return std::make_unique<EventStreams>(context, hub, std::move(new_id));
}

}  // namespace ff::api
