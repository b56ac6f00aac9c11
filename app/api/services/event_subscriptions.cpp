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
/// Keys and sessions that expire are no change that anybody is told of.
constexpr Duration rights_age_max = std::chrono::seconds{10};

using SourcesPtr = std::shared_ptr<const EventSources>;

/// One question for all rights of a listener.
struct Question {
  SourcesPtr sources;
  ListenerPtr listener;
  WithoutRights without;
  std::function<void(Result<HeldRights>)> then;
  HeldRights known;
};
using QuestionPtr = std::shared_ptr<Question>;

/// Nothing: the listener is told, if only of its other subjects.
Status check(const Result<RightSet>& held, const storage::EntityKey& entity,
             WithoutRights without) {
  if (!held) {
    const auto code = held.error().code();
    const bool has_none = code == Code::not_found || code == Code::permission_denied;
    if (has_none && without == WithoutRights::hears_nothing) return {};
    return fail(held.error());
  }
  if (without == WithoutRights::hears_nothing) return {};
  return check_rights(entity, {held->empty() ? Right::RIGHT_ALL : held->front()}, *held);
}

void ask_next(const QuestionPtr& question) {
  auto& known = question->known.of_subjects;
  const auto& subjects = question->listener->subjects();
  if (known.size() == subjects.size()) return question->then(std::move(question->known));
  const auto entity = entity_of(subjects[known.size()]);
  auto answered = [question, entity](const Result<RightSet>& held) {
    if (auto status = check(held, entity, question->without); !status)
      return question->then(fail(std::move(status).error()));
    question->known.of_subjects.push_back(held ? *held : RightSet());
    ask_next(question);
  };
  const auto& sources = *question->sources;
  sources.rights(question->listener->call(), entity,
                 sources.asker.within_deadline<RightSet>("IDENTITY_SERVER", std::move(answered)));
}

void ask_rights(const SourcesPtr& sources, const ListenerPtr& listener, WithoutRights without,
                std::function<void(Result<HeldRights>)> then) {
  HeldRights none{.of_subjects = {},
                  .changes = sources->access_changes ? sources->access_changes() : 0,
                  .asked_at = sources->now ? sources->now() : UtcTime()};
  ask_next(std::make_shared<Question>(
      Question{sources, listener, without, std::move(then), std::move(none)}));
}

bool are_current(const EventSources& sources, const HeldRights& held) {
  if (!sources.access_changes || !sources.now) return true;
  const auto age = sources.now() - held.asked_at;
  return sources.access_changes() == held.changes && age >= Duration{} && age < rights_age_max;
}

void ask_again(const SourcesPtr& sources, const ListenerPtr& listener, WithoutRights without) {
  ask_rights(sources, listener, without, [sources, listener](Result<HeldRights> held) {
    if (held) return listener->renewed(*std::move(held));
    sources->hub.unsubscribe(events::SubscriptionId(listener->subscription));
    listener->end(held.error());
  });
}

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
  auto answered = [sources = sources_, listener, without,
                   then = std::move(then)](Result<HeldRights> held) {
    if (!held) return then(fail(std::move(held).error()));
    auto ask = [sources, weak = std::weak_ptr(listener), without] {
      if (const auto self = weak.lock()) ask_again(sources, self, without);
    };
    listener->begin(*std::move(held),
                    {[sources](const HeldRights& known) { return are_current(*sources, known); },
                     std::move(ask)});
    then({});
  };
  ask_rights(sources_, listener, without, std::move(answered));
}

events::SubscriptionId EventSubscriptions::listen(const ListenerPtr& listener) const {
  const auto& request = listener->request();
  const bool wants_past = request.tail() > 0 || request.has_after();
  const bool asks_store = wants_past && has_store();
  if (asks_store) listener->wait_for_past();
  auto receive = [listener, hub = &sources_->hub](const events::EventPtr& event) {
    // Over, because the client left or reads too slowly.
    if (!listener->tell(*event)) hub->unsubscribe(events::SubscriptionId(listener->subscription));
  };
  // Without a store the hub has a little of the past.
  const auto tail = asks_store ? 0 : std::min(request.tail(), past_max);
  const auto id = sources_->hub.subscribe({listener->subjects(), std::move(receive)}, tail);
  listener->subscription = id.value();
  if (asks_store) ask_for_past(listener);
  return id;
}

void EventSubscriptions::end(const EventListener& listener) const {
  sources_->hub.unsubscribe(events::SubscriptionId(listener.subscription));
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
  sources_->asker.ask<std::vector<Bytes>>(sources_->store->get(), "EVENTS", make, std::move(then));
}

}  // namespace ff::api
