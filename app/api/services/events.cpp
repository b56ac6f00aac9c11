// Events: what happens to applications, devices, gateways and accounts, as it happens and, with a
// store, as it happened. [spec events-cluster-discovery §2]
#include <google/protobuf/struct.pb.h>

#include <algorithm>

#include "app/api/services/event_subscriptions.hpp"
#include "app/api/services/mapping/events.hpp"
#include "app/api/services/mapping/values.hpp"
#include "ttn/lorawan/v3/events.grpc.pb.h"

namespace ff::api {
namespace {

constexpr ErrorDef no_identifiers{"pkg/events/grpc", "no_identifiers", Code::invalid_argument,
                                  "no identifiers"};
constexpr ErrorDef storage_disabled{"pkg/events/grpc", "storage_disabled",
                                    Code::failed_precondition, "events storage is not enabled"};

/// [spec events-cluster-discovery §3]
constexpr std::size_t related_max = 100;

using EventStreamPtr = std::shared_ptr<Stream<pb::Event>>;

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
  EventStreams(const ServiceContext& context, EventSources sources, NewId new_id)
      : context_(context), subscriptions_(std::move(sources)), new_id_(std::move(new_id)) {}

  grpc::ServerWriteReactor<pb::Event>* Stream(grpc::CallbackServerContext* context,
                                              const pb::StreamEventsRequest* request) override {
    return context_.front.stream<pb::Event>(
        {"ttn.lorawan.v3.Events/Stream"}, context, request,
        [this](auto call, const auto& wanted, const auto& stream) {
          if (const auto few = check_identifiers(wanted); !few) return stream->finish(few);
          auto listener = std::make_shared<EventListener>(call, sink_of(stream), wanted);
          auto names = resolve_event_names({wanted.names().begin(), wanted.names().end()});
          if (!names) return stream->finish(fail(std::move(names).error()));
          listener->filter(*std::move(names));
          if (listener->subjects().empty()) return stream->finish(fail(no_identifiers));
          begin(listener, stream);
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
  /// What finds no room is dropped. [spec events-cluster-discovery §2]
  EventSink sink_of(const EventStreamPtr& stream) const {
    using Offered = ff::api::Stream<pb::Event>::Offered;
    auto dropped = [hub = &subscriptions_.hub()](std::string_view name) { hub->dropped(name); };
    auto write = [stream, dropped](pb::Event event) {
      const auto name = event.name();
      const auto offered = stream->offer(std::move(event));
      if (offered == Offered::dropped) dropped(name);
      return offered != Offered::over;
    };
    return {.write = std::move(write),
            .end = [stream](const Error& reason) { stream->finish(fail(reason)); },
            .dropped = dropped};
  }

  /// The caller needs any right on each subject.
  void begin(const ListenerPtr& listener, const EventStreamPtr& stream) const {
    auto admitted = [this, listener, stream](const Status& status) {
      if (!status) return stream->finish(status);
      stream->write(start_event(*listener));
      const auto id = subscriptions_.listen(listener);
      stream->on_cancel([hub = &subscriptions_.hub(), id] { hub->unsubscribe(id); });
    };
    subscriptions_.read_rights(listener, WithoutRights::is_an_error, admitted);
  }

  /// Tells the client that it is subscribed.
  pb::Event start_event(const EventListener& listener) const {
    pb::Event event;
    event.set_name("events.stream.start");
    event.set_origin(event_origin());
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
    if (!subscriptions_.has_store()) return reply(fail(storage_disabled));
    auto related = std::make_shared<Related>(Related{call, reply, {}, {}, {}});
    if (correlation_id.empty()) return reply(pb::FindRelatedEventsResponse());
    events::FindEvents find;
    find.correlation_id = correlation_id;
    find.limit = related_max;
    subscriptions_.ask_store(std::move(find),
                             [this, related](const Result<std::vector<Bytes>>& found) {
                               if (!found) return related->reply(fail(found.error()));
                               for (const auto& message : *found) {
                                 auto event = parse_event(message);
                                 if (!event) continue;
                                 for (const auto& ids : event->identifiers())
                                   note(subject_of(ids), *related);
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
  const EventSubscriptions subscriptions_;
  NewId new_id_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_events(const ServiceContext& context, EventDoors doors) {
  EventSources sources{.asker = context.asker,
                       .rights = context.rights,
                       .hub = *doors.hub,
                       .store = std::move(doors.store),
                       .access_changes = std::move(doors.access_changes),
                       .now = context.now};
  return std::make_unique<EventStreams>(context, std::move(sources), std::move(doors.new_id));
}

}  // namespace ff::api
