#include "app/api/services/event_subscriptions.hpp"

#include <algorithm>

#include "app/api/services/mapping/events.hpp"
#include "app/api/services/mapping/values.hpp"

namespace ff::api {
namespace {

/// Of the past, told to one listener; fewer than its queue holds.
constexpr std::uint32_t past_max = 512;
/// The past begins a little before the time that was asked for.
constexpr Duration after_margin = std::chrono::seconds{1};

}  // namespace

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

std::optional<pb::Event> parse_event(ByteView message) {
  pb::Event event;
  if (!event.ParseFromArray(message.data(), static_cast<int>(message.size()))) return std::nullopt;
  return event;
}

void EventSubscriptions::read_rights(const ListenerPtr& listener, WithoutRights without,
                                     std::function<void(Status)> then) const {
  const auto next = listener->rights_known();
  if (next == listener->subjects().size()) return then({});
  const auto entity = entity_of(listener->subjects()[next]);
  auto answered = [this, listener, entity, without, then](Result<RightSet> held) {
    if (without == WithoutRights::is_an_error) {
      if (!held) return then(fail(std::move(held).error()));
      const auto any = held->empty() ? Right::RIGHT_ALL : held->front();
      if (const auto status = check_rights(entity, {any}, *held); !status) return then(status);
    }
    listener->add_rights(held ? *std::move(held) : RightSet());
    read_rights(listener, without, then);
  };
  sources_.rights(listener->call(), entity,
                  sources_.asker.within_deadline<RightSet>("IDENTITY_SERVER", answered));
}

events::SubscriptionId EventSubscriptions::listen(const ListenerPtr& listener) const {
  const auto& request = listener->request();
  const bool wants_past = request.tail() > 0 || request.has_after();
  const bool asks_store = wants_past && has_store();
  if (asks_store) listener->wait_for_past();
  auto receive = [listener, hub = &sources_.hub](const events::EventPtr& event) {
    // Over, because the client left or reads too slowly.
    if (!listener->tell(*event)) hub->unsubscribe(events::SubscriptionId(listener->subscription));
  };
  // Without a store the hub has a little of the past.
  const auto tail = asks_store ? 0 : std::min(request.tail(), past_max);
  const auto id = sources_.hub.subscribe({listener->subjects(), std::move(receive)}, tail);
  listener->subscription = id.value();
  if (asks_store) ask_for_past(listener);
  return id;
}

void EventSubscriptions::end(const EventListener& listener) const {
  sources_.hub.unsubscribe(events::SubscriptionId(listener.subscription));
}

void EventSubscriptions::ask_for_past(const ListenerPtr& listener) const {
  const auto& request = listener->request();
  events::FindEvents find;
  find.subjects = listener->subjects();
  find.limit = request.tail() > 0 ? std::min(request.tail(), past_max) : past_max;
  if (request.has_after()) find.after = time_of(request.after()) - after_margin;
  find.accept = [listener](ByteView message) {
    const auto event = parse_event(message);
    return event && listener->sees(*event);
  };
  ask_store(std::move(find), [listener](const Result<std::vector<Bytes>>& found) {
    std::vector<pb::Event> past;
    if (found) {
      for (const auto& message : *found) {
        if (auto event = parse_event(message)) past.push_back(*std::move(event));
      }
    }
    // Who asks for the past gets at least what happens now.
    listener->replay(past);
  });
}

void EventSubscriptions::ask_store(events::FindEvents find,
                                   actors::Reply<std::vector<Bytes>> then) const {
  auto make = [&](actors::Reply<std::vector<Bytes>> reply) {
    find.reply = std::move(reply);
    return std::move(find);
  };
  sources_.asker.ask<std::vector<Bytes>>(sources_.store->get(), "EVENTS", make, std::move(then));
}

}  // namespace ff::api
