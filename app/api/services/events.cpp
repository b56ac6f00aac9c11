// Events: what happens to applications, devices, gateways and accounts, as it happens and, with a
// store, as it happened. [spec events-cluster-discovery §2]
#include <google/protobuf/struct.pb.h>

#include <algorithm>

#include "app/api/services/event_listener.hpp"
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

/// Of the past, told to one stream; fewer than a stream's queue holds.
constexpr std::uint32_t past_max = 512;
/// [spec events-cluster-discovery §3]
constexpr std::size_t related_max = 100;
/// The past begins a little before the time that was asked for.
constexpr Duration after_margin = std::chrono::seconds{1};

using ListenerPtr = std::shared_ptr<EventListener>;

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

std::optional<pb::Event> parse(ByteView message) {
  pb::Event event;
  if (!event.ParseFromArray(message.data(), static_cast<int>(message.size()))) return std::nullopt;
  return event;
}

/// What everyone with credentials may know of an event. [spec events-cluster-discovery §2]
pb::Event stripped(const pb::Event& event) {
  pb::Event out;
  out.set_name(event.name());
  *out.mutable_time() = event.time();
  *out.mutable_identifiers() = event.identifiers();
  out.set_origin(event.origin());
  *out.mutable_visibility() = event.visibility();
  out.set_unique_id(event.unique_id());
  return out;
}

/// The answer to FindRelated while the caller's rights are asked for, entity by entity.
struct Related {
  std::shared_ptr<const Call> call;
  Reply<pb::FindRelatedEventsResponse> reply;
  std::vector<pb::Event> events;
  std::vector<events::EventSubject> subjects;  // of them, each entity once
  std::vector<RightSet> rights;                // of the subjects, as far as known

  bool shows_all_of(const pb::Event& event) const {
    for (const auto& ids : event.identifiers()) {
      const auto entity = entity_of(subject_of(ids));
      for (std::size_t i = 0; i < rights.size(); ++i) {
        if (entity_of(subjects[i]) == entity && shows(event, rights[i])) return true;
      }
    }
    return false;
  }
};

class EventStreams final : public pb::Events::CallbackService {
 public:
  EventStreams(const ServiceContext& context, events::Hub& hub, EventStore store, NewId new_id)
      : context_(context), hub_(hub), store_(std::move(store)), new_id_(std::move(new_id)) {}

  grpc::ServerWriteReactor<pb::Event>* Stream(grpc::CallbackServerContext* context,
                                              const pb::StreamEventsRequest* request) override {
    return context_.front.stream<pb::Event>(
        {"ttn.lorawan.v3.Events/Stream"}, context, request,
        [this](auto call, const auto& wanted, const auto& stream) {
          auto listener = std::make_shared<EventListener>(call, stream, wanted);
          auto names = resolve_event_names({wanted.names().begin(), wanted.names().end()});
          if (!names) return stream->finish(fail(std::move(names).error()));
          listener->filter(*std::move(names));
          admit(listener);
        });
  }

  grpc::ServerUnaryReactor* FindRelated(grpc::CallbackServerContext* context,
                                        const pb::FindRelatedEventsRequest* request,
                                        pb::FindRelatedEventsResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.Events/FindRelated"}, context, request, response,
                                [this](auto call, const auto& wanted, const auto& reply) {
                                  find_related(call, wanted.correlation_id(), reply);
                                });
  }

 private:
  /// The rights on one subject after another; on each the caller needs any.
  void admit(const ListenerPtr& listener) const {
    if (listener->subjects().empty()) return listener->stream().finish(fail(no_identifiers));
    const auto next = listener->rights_known();
    if (next == listener->subjects().size()) return listen(listener);
    const auto entity = entity_of(listener->subjects()[next]);
    auto answered = [this, listener, entity](Result<RightSet> held) {
      if (!held) return listener->stream().finish(fail(std::move(held).error()));
      const auto status =
          check_rights(entity, {held->empty() ? Right::RIGHT_ALL : held->front()}, *held);
      if (!status) return listener->stream().finish(fail(status.error()));
      listener->add_rights(*std::move(held));
      admit(listener);
    };
    context_.rights(listener->call(), entity,
                    context_.asker.within_deadline<RightSet>("IDENTITY_SERVER", answered));
  }

  void listen(const ListenerPtr& listener) const {
    listener->stream().write(start_event(*listener));
    const auto& request = listener->request();
    const bool wants_past = request.tail() > 0 || request.has_after();
    const bool asks_store = wants_past && store_;
    if (asks_store) listener->wait_for_past();
    auto receive = [listener, hub = &hub_](const events::EventPtr& event) {
      // Over, because the client left or reads too slowly.
      if (!listener->tell(*event)) hub->unsubscribe(events::SubscriptionId(listener->subscription));
    };
    // Without a store the hub has a little of the past.
    const auto tail = asks_store ? 0 : std::min(request.tail(), past_max);
    const auto id = hub_.subscribe({listener->subjects(), std::move(receive)}, tail);
    listener->subscription = id.value();
    listener->stream().on_cancel([hub = &hub_, id] { hub->unsubscribe(id); });
    if (asks_store) ask_for_past(listener);
  }

  void ask_for_past(const ListenerPtr& listener) const {
    const auto& request = listener->request();
    events::FindEvents find;
    find.subjects = listener->subjects();
    find.limit = request.tail() > 0 ? std::min(request.tail(), past_max) : past_max;
    if (request.has_after()) find.after = time_of(request.after()) - after_margin;
    find.accept = [listener](ByteView message) {
      const auto event = parse(message);
      return event && listener->sees(*event);
    };
    ask_store(std::move(find), [listener](const Result<std::vector<Bytes>>& found) {
      std::vector<pb::Event> past;
      if (found) {
        for (const auto& message : *found) {
          if (auto event = parse(message)) past.push_back(*std::move(event));
        }
      }
      // Who asks for the past gets at least what happens now.
      listener->replay(past);
    });
  }

  void ask_store(events::FindEvents find, actors::Reply<std::vector<Bytes>> then) const {
    auto make = [&](actors::Reply<std::vector<Bytes>> reply) {
      find.reply = std::move(reply);
      return std::move(find);
    };
    context_.asker.ask<std::vector<Bytes>>(store_->get(), "EVENTS", make, std::move(then));
  }

  /// Tells the client that it is subscribed.
  pb::Event start_event(const EventListener& listener) const {
    pb::Event event;
    event.set_name("events.stream.start");
    put_time(context_.now(), *event.mutable_time());
    *event.mutable_identifiers() = listener.request().identifiers();
    for (const auto& id : listener.call().correlation_ids) event.add_correlation_ids(id);
    event.set_unique_id(new_id_());
    if (listener.names().empty()) return event;
    google::protobuf::ListValue names;
    for (const auto name : listener.names())
      names.add_values()->set_string_value(std::string(name));
    event.mutable_data()->PackFrom(names);
    return event;
  }

  void find_related(const std::shared_ptr<const Call>& call, const std::string& correlation_id,
                    const Reply<pb::FindRelatedEventsResponse>& reply) const {
    if (!store_) return reply(fail(storage_disabled));
    auto related = std::make_shared<Related>(Related{call, reply, {}, {}, {}});
    if (correlation_id.empty()) return reply(pb::FindRelatedEventsResponse());
    events::FindEvents find;
    find.correlation_id = correlation_id;
    find.limit = related_max;
    ask_store(std::move(find), [this, related](const Result<std::vector<Bytes>>& found) {
      if (!found) return related->reply(fail(found.error()));
      for (const auto& message : *found) {
        auto event = parse(message);
        if (!event) continue;
        for (const auto& ids : event->identifiers()) note(subject_of(ids), *related);
        related->events.push_back(*std::move(event));
      }
      answer_related(related);
    });
  }

  static void note(const events::EventSubject& subject, Related& related) {
    const auto same = [&](const auto& other) { return entity_of(other) == entity_of(subject); };
    if (std::ranges::none_of(related.subjects, same)) related.subjects.push_back(subject);
  }

  /// When the caller's rights on all entities are known: none are no error here.
  void answer_related(const std::shared_ptr<Related>& related) const {
    const auto next = related->rights.size();
    if (next < related->subjects.size()) {
      auto answered = [this, related](const Result<RightSet>& held) {
        related->rights.push_back(held ? *held : RightSet());
        answer_related(related);
      };
      return context_.rights(
          *related->call, entity_of(related->subjects[next]),
          context_.asker.within_deadline<RightSet>("IDENTITY_SERVER", std::move(answered)));
    }
    pb::FindRelatedEventsResponse response;
    for (const auto& event : related->events)
      *response.add_events() = related->shows_all_of(event) ? event : stripped(event);
    related->reply(std::move(response));
  }

  const ServiceContext& context_;
  events::Hub& hub_;
  const EventStore store_;
  NewId new_id_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_events(const ServiceContext& context, events::Hub& hub,
                                           EventStore store, NewId new_id) {
  return std::make_unique<EventStreams>(context, hub, std::move(store), std::move(new_id));
}

}  // namespace ff::api
