#include "actors/events/hub.hpp"

#include <algorithm>
#include <utility>

namespace ff::events {
namespace {

/// The text ids that decide.
const ApplicationId* application_of(const EventSubject& subject) {
  if (const auto* device = std::get_if<DeviceIdentifiers>(&subject))
    return &device->uid.application_id;
  return std::get_if<ApplicationId>(&subject);
}

bool wants(const Hub::Subscription& subscription, const Event& event) {
  return std::ranges::any_of(subscription.subjects, [&](const EventSubject& wanted) {
    return concerns(event.subject, wanted);
  });
}

}  // namespace

bool concerns(const EventSubject& subject, const EventSubject& wanted) {
  if (const auto* device = std::get_if<DeviceIdentifiers>(&wanted)) {
    const auto* is = std::get_if<DeviceIdentifiers>(&subject);
    return is && is->uid == device->uid;
  }
  if (const auto* gateway = std::get_if<GatewayIdentifiers>(&wanted)) {
    const auto* is = std::get_if<GatewayIdentifiers>(&subject);
    return is && is->gateway_id == gateway->gateway_id;
  }
  if (const auto* account = std::get_if<AccountId>(&wanted)) {
    const auto* is = std::get_if<AccountId>(&subject);
    return is && *is == *account;
  }
  const auto* application = std::get_if<ApplicationId>(&wanted);
  const auto* is = application_of(subject);
  return application && is && *is == *application;
}

/// The subject's own comes first: it is what a subscription to the subject is found by.
std::vector<Hub::Key> Hub::keys_of(const EventSubject& subject) {
  if (const auto* device = std::get_if<DeviceIdentifiers>(&subject))
    return {device->uid, device->uid.application_id};
  if (const auto* gateway = std::get_if<GatewayIdentifiers>(&subject)) return {gateway->gateway_id};
  if (const auto* account = std::get_if<AccountId>(&subject))
    return {std::pair(account->kind, account->id)};
  if (const auto* application = std::get_if<ApplicationId>(&subject)) return {*application};
  return {};
}

std::vector<Hub::SubscriptionPtr> Hub::receivers(const EventSubject& subject) const {
  if (by_key_.empty()) return {};
  Subscriptions found;
  for (const auto& key : keys_of(subject)) {
    if (const auto listening = by_key_.find(key); listening != by_key_.end())
      found.insert(listening->second.begin(), listening->second.end());
  }
  std::vector<SubscriptionPtr> out;
  out.reserve(found.size());
  for (auto& [id, subscription] : found) out.push_back(std::move(subscription));
  return out;
}

bool Hub::is_wanted(const Event& event) const {
  const std::scoped_lock lock(mutex_);
  return ports_->keep || !receivers(event.subject).empty();
}

void Hub::publish(Event event, MakeData make_data) {
  Kept kept{std::move(event), std::move(make_data)};
  // Not under the lock, but for those who come meanwhile.
  if (kept.make_data && is_wanted(kept.event))
    kept.event.data = std::exchange(kept.make_data, nullptr)();
  const auto name = kept.event.name;
  EventPtr shared;
  std::vector<SubscriptionPtr> listeners;
  std::shared_ptr<const Ports> ports;
  {
    std::scoped_lock lock(mutex_);
    ports = ports_;
    listeners = receivers(kept.event.subject);
    if (ports->keep || !listeners.empty()) {
      complete(kept);
      shared = std::make_shared<const Event>(kept.event);
    }
    // The oldest ends when the lock is released.
    if (!recent_.empty()) std::swap(recent_[published_++ % recent_.size()], kept);
  }
  if (ports->count_published) ports->count_published(name);
  if (ports->keep) ports->keep(shared);
  for (const auto& listener : listeners) listener->receive(shared);
}

void Hub::dropped(std::string_view name) const {
  std::shared_ptr<const Ports> ports;
  {
    const std::scoped_lock lock(mutex_);
    ports = ports_;
  }
  if (ports->count_dropped) ports->count_dropped(name);
}

/// The lock is held.
void Hub::complete(Kept& kept) const {
  auto& event = kept.event;
  if (kept.make_data) event.data = std::exchange(kept.make_data, nullptr)();
  if (ports_->new_id && event.unique_id.empty()) event.unique_id = ports_->new_id();
}

void Hub::connect(Ports ports) {
  auto shared = std::make_shared<const Ports>(std::move(ports));
  const std::scoped_lock lock(mutex_);
  std::swap(ports_, shared);
}

Publish Hub::publisher() {
  return [this](Event event) { publish(std::move(event)); };
}

std::vector<EventPtr> Hub::newest(const Subscription& subscription, std::size_t count) {
  std::vector<EventPtr> found;
  const auto kept = std::min<std::uint64_t>(published_, recent_.size());
  for (std::uint64_t back = 1; back <= kept && found.size() < count; ++back) {
    auto& entry = recent_[(published_ - back) % recent_.size()];
    if (!wants(subscription, entry.event)) continue;
    complete(entry);
    found.push_back(std::make_shared<const Event>(entry.event));
  }
  std::ranges::reverse(found);
  return found;
}

SubscriptionId Hub::subscribe(Subscription subscription, std::size_t tail) {
  const auto shared = std::make_shared<const Subscription>(std::move(subscription));
  std::vector<EventPtr> old;
  SubscriptionId id;
  {
    std::scoped_lock lock(mutex_);
    old = newest(*shared, tail);
    id = SubscriptionId(++last_id_);
    subscriptions_.emplace(id, shared);
    for (const auto& subject : shared->subjects) {
      if (auto keys = keys_of(subject); !keys.empty())
        by_key_[std::move(keys.front())].emplace(id, shared);
    }
  }
  for (const auto& event : old) shared->receive(event);
  return id;
}

void Hub::unsubscribe(SubscriptionId id) {
  SubscriptionPtr ended;  // Its end may take what calls the hub along.
  const std::scoped_lock lock(mutex_);
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end()) return;
  for (const auto& subject : found->second->subjects) {
    const auto keys = keys_of(subject);
    if (keys.empty()) continue;
    const auto listening = by_key_.find(keys.front());
    if (listening == by_key_.end()) continue;
    listening->second.erase(id);
    if (listening->second.empty()) by_key_.erase(listening);
  }
  ended = std::move(found->second);
  subscriptions_.erase(found);
}

std::size_t Hub::subscribers() const {
  std::scoped_lock lock(mutex_);
  return subscriptions_.size();
}

}  // namespace ff::events
