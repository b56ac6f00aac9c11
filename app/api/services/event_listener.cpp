#include "app/api/services/event_listener.hpp"

#include <algorithm>
#include <utility>

#include "app/api/services/mapping/events.hpp"

namespace ff::api {

namespace pb = ttn::lorawan::v3;

namespace {

/// Events that may wait for the past or an answer; more are dropped.
constexpr std::size_t held_max = 512;

bool holds(const RightSet& held, Right needed) {
  return std::ranges::find(held, needed) != held.end();
}

/// Whether `test` holds for the index of one of the subjects that an event of `subject` is for.
template <class Test>
bool any_concerned(const events::EventSubject& subject,
                   const std::vector<events::EventSubject>& subjects, Test test) {
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    if (events::concerns(subject, subjects[i]) && test(i)) return true;
  }
  return false;
}

}  // namespace

Status check_identifiers(const pb::StreamEventsRequest& request) {
  if (request.identifiers_size() <= identifiers_max) return {};
  return fail(too_many_identifiers, {{"max", identifiers_max}});
}

bool shows(const pb::Event& event, const RightSet& held) {
  const auto& needed = event.visibility().rights();
  return std::ranges::any_of(needed,
                             [&](int right) { return holds(held, static_cast<Right>(right)); });
}

EventListener::EventListener(std::shared_ptr<const Call> call, EventSink sink,
                             pb::StreamEventsRequest request)
    : call_(std::move(call)), sink_(std::move(sink)), request_(std::move(request)) {
  for (const auto& ids : request_.identifiers()) subjects_.push_back(subject_of(ids));
}

void EventListener::begin(HeldRights rights, RightsSource source) {
  rights_ = std::make_shared<const HeldRights>(std::move(rights));
  source_ = std::move(source);
}

EventListener::RightsPtr EventListener::rights() const {
  const std::scoped_lock lock(mutex_);
  return rights_;
}

bool EventListener::are_current(const HeldRights& rights) const {
  return !source_.are_current || source_.are_current(rights);
}

bool EventListener::sees(const Message& event) const {
  if (!wants(event.name())) return false;
  const auto held = rights();
  return std::ranges::any_of(event.identifiers(), [&](const auto& ids) {
    return any_concerned(subject_of(ids), subjects_,
                         [&](std::size_t i) { return shows(event, held->of_subjects[i]); });
  });
}

bool EventListener::tell(const events::Event& event) {
  if (!wants(event.name)) return true;
  const auto held = rights();
  const bool current = are_current(*held);
  const auto needed = visibility(event);
  const bool shown = any_concerned(event.subject, subjects_, [&](std::size_t i) {
    return !current || std::ranges::any_of(
                           needed, [&](Right right) { return holds(held->of_subjects[i], right); });
  });
  if (!shown) return true;
  auto message = to_proto(event);
  {
    const std::scoped_lock lock(mutex_);
    if (ended_) return false;
    if (phase_ == Phase::live && current) return sink_.write(std::move(message));
    hold(std::move(message));
    if (phase_ != Phase::live) return true;
    phase_ = Phase::asking;
    asked_.swap(held_);
  }
  source_.ask();
  return true;
}

void EventListener::hold(Message message) {
  if (held_.size() < held_max) return held_.push_back(std::move(message));
  if (sink_.dropped) sink_.dropped(message.name());
}

void EventListener::replay(const std::vector<Message>& past) {
  if (!write_all(past)) return;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& message : past) told_.insert(message.unique_id());
    told_.erase(std::string());
  }
  release();
}

void EventListener::renewed(HeldRights rights) {
  {
    const std::scoped_lock lock(mutex_);
    rights_ = std::make_shared<const HeldRights>(std::move(rights));
  }
  release();
}

/// Writes what waits, as far as it is known who may see it. Publishers wait for no more than a
/// swap.
void EventListener::release() {
  for (;;) {
    std::vector<Message> ready;
    {
      const std::scoped_lock lock(mutex_);
      if (ended_) return;
      if (asked_.empty() && held_.empty()) {
        phase_ = Phase::live;
        told_.clear();
        return;
      }
      const bool current = !asked_.empty() || are_current(*rights_);
      if (!asked_.empty()) {
        ready.swap(asked_);
      } else if (current) {
        ready.swap(held_);
      } else {
        phase_ = Phase::asking;
        asked_.swap(held_);
      }
    }
    if (ready.empty()) return source_.ask();
    // What was published while the past was read may be in it.
    std::erase_if(ready, [&](const Message& message) {
      return told_.contains(message.unique_id()) || !sees(message);
    });
    if (!write_all(std::move(ready))) return;
  }
}

bool EventListener::write_all(std::vector<Message> messages) {
  for (auto& message : messages) {
    if (sink_.write(std::move(message))) continue;
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    return false;
  }
  return true;
}

void EventListener::end(const Error& reason) {
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(ended_, true)) return;
    held_.clear();
    asked_.clear();
  }
  if (sink_.end) sink_.end(reason);
}

}  // namespace ff::api
