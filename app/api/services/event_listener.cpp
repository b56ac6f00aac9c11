#include "app/api/services/event_listener.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "app/api/services/mapping/events.hpp"

namespace ff::api {

namespace pb = ttn::lorawan::v3;

namespace {

/// Events that may wait for the past; more are dropped.
constexpr std::size_t held_max = 512;

bool holds(const RightSet& held, Right needed) {
  return std::ranges::find(held, needed) != held.end();
}

}  // namespace

bool shows(const pb::Event& event, const RightSet& held) {
  const auto& needed = event.visibility().rights();
  return std::ranges::any_of(needed,
                             [&](int right) { return holds(held, static_cast<Right>(right)); });
}

EventListener::EventListener(std::shared_ptr<const Call> call, Write write,
                             pb::StreamEventsRequest request)
    : call_(std::move(call)), write_(std::move(write)), request_(std::move(request)) {
  for (const auto& ids : request_.identifiers()) subjects_.push_back(subject_of(ids));
}

bool EventListener::sees(const events::Event& event) const {
  if (!wants(event.name)) return false;
  const auto needed = visibility(event);
  for (std::size_t i = 0; i < subjects_.size(); ++i) {
    if (!events::concerns(event.subject, subjects_[i])) continue;
    if (std::ranges::any_of(needed, [&](Right right) { return holds(rights_[i], right); }))
      return true;
  }
  return false;
}

bool EventListener::sees(const Message& event) const {
  if (!wants(event.name())) return false;
  for (const auto& ids : event.identifiers()) {
    const auto subject = subject_of(ids);
    for (std::size_t i = 0; i < subjects_.size(); ++i) {
      if (events::concerns(subject, subjects_[i]) && shows(event, rights_[i])) return true;
    }
  }
  return false;
}

bool EventListener::tell(const events::Event& event) {
  if (!sees(event)) return true;
  auto message = to_proto(event);
  const std::scoped_lock lock(mutex_);
  if (!replaying_) return write_(std::move(message));
  if (held_.size() < held_max) held_.push_back(std::move(message));
  return true;
}

/// Publishers wait for no more than a swap.
void EventListener::replay(const std::vector<Message>& past) {
  std::set<std::string_view> told;
  for (const auto& message : past) {
    told.insert(message.unique_id());
    if (!write_(message)) return;
  }
  for (;;) {
    std::vector<Message> held;
    {
      const std::scoped_lock lock(mutex_);
      if (held_.empty()) {
        replaying_ = false;
        return;
      }
      held.swap(held_);
    }
    // What was published while the past was read may be in it.
    for (auto& message : held) {
      const bool is_told = !message.unique_id().empty() && told.contains(message.unique_id());
      if (!is_told && !write_(std::move(message))) return;
    }
  }
}

}  // namespace ff::api
