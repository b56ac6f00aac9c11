// SUBSCRIBE and UNSUBSCRIBE: answered when they are durable.
#include <algorithm>
#include <utility>

#include "actors/application_server/mqtt_session/state.hpp"
#include "net/mqtt/topic.hpp"

namespace ff::application_server::mqtt_session {

Effects SessionState::subscribe(const Subscribe& event) {
  if (!is_current(event.connection)) return {};
  requests_.push_back({event, 0});
  if (requests_.size() == 1) advance_requests();
  return take();
}

Effects SessionState::unsubscribe(const Unsubscribe& event) {
  if (!is_current(event.connection)) return {};
  requests_.push_back({event, 0});
  if (requests_.size() == 1) advance_requests();
  return take();
}

void SessionState::advance_requests() {
  while (!requests_.empty() && handle(requests_.front())) requests_.pop_front();
}

bool SessionState::handle(Request& request) {
  return std::visit([&](auto& event) { return handle(request, event); }, request.what);
}

/// A new filter begins at the newest messages, which are asked for once everything behind them
/// comes live.
bool SessionState::handle(Request& request, Subscribe& event) {
  if (has_new_filter(event)) {
    if (link_ != Link::joined) {
      join();
      return false;
    }
    if (request.asked == 0) {
      request.asked = ++serials_;
      emit(AskNewest{request.asked});
    }
    // Answered by newest().
    if (request.asked != answered_) return false;
  }
  const auto before = record_;
  const bool was_empty = record_.subscriptions.empty();
  Reasons reasons;
  for (const auto& wish : event.wishes)
    reasons.push_back(apply(wish, event.subscription_id, was_empty));
  AnswerSubscribe answer{event.connection, event.packet_id, std::move(reasons)};
  if (record_ == before) {
    emit(std::move(answer));
    return true;
  }
  storage::WriteBatch records;
  if (was_empty && !record_.subscriptions.empty()) {
    for (auto& feed : feeds_) feed.begin_at(feed.newest());
    put_all_cursors(records);
  }
  put_record(records);
  commit(std::move(records), {{std::move(answer)}, std::nullopt});
  return true;
}

bool SessionState::has_new_filter(const Subscribe& event) const {
  return std::ranges::any_of(event.wishes, [this](const Wish& wish) {
    return wish.filter && !mqtt::is_shared_filter(*wish.filter) &&
           std::ranges::find(record_.subscriptions, *wish.filter, &Subscription::filter) ==
               record_.subscriptions.end();
  });
}

mqtt::ReasonCode SessionState::apply(const Wish& wish, std::uint32_t subscription_id,
                                     bool was_empty) {
  if (!wish.filter) return wish.refusal;
  const auto qos = std::min(wish.qos, mqtt::QoS::at_least_once);
  const bool is_shared = mqtt::is_shared_filter(*wish.filter);
  auto& all = is_shared ? record_.shared : record_.subscriptions;
  const auto same = std::ranges::find(all, *wish.filter, &Subscription::filter);
  if (same != all.end()) {
    same->qos = qos;
    same->id = subscription_id;
  } else if (record_.subscriptions.size() + record_.shared.size() >= config_.filters_max) {
    return mqtt::ReasonCode::quota_exceeded;
  } else {
    all.push_back({*wish.filter, qos, subscription_id,
                   was_empty || is_shared ? std::vector<Beginning>() : beginnings()});
  }
  return static_cast<mqtt::ReasonCode>(qos);
}

/// What other subscriptions still have to come, and this one does not want.
std::vector<Beginning> SessionState::beginnings() const {
  std::vector<Beginning> out;
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    if (feeds_[i].newest() <= feeds_[i].cursor()) continue;
    out.push_back({storage::Shard{static_cast<std::uint16_t>(i)},
                   storage::OutboxSequence{feeds_[i].newest()}});
  }
  return out;
}

bool SessionState::handle(Request&, Unsubscribe& event) {
  auto& all = record_.subscriptions;
  const auto before = all.size() + record_.shared.size();
  Reasons reasons;
  for (const auto& filter : event.filters) {
    const auto is_it = [&](const auto& one) { return filter == one.filter; };
    const auto erased = std::erase_if(all, is_it) + std::erase_if(record_.shared, is_it);
    reasons.push_back(erased > 0 ? mqtt::ReasonCode::success
                                 : mqtt::ReasonCode::no_subscription_existed);
  }
  AnswerUnsubscribe answer{event.connection, event.packet_id, std::move(reasons)};
  if (all.size() + record_.shared.size() == before) {
    emit(std::move(answer));
    return true;
  }
  if (all.empty()) {
    leave();
    batch_.clear();
    reading_.reset();
  }
  storage::WriteBatch records;
  put_record(records);
  commit(std::move(records), {{std::move(answer)}, std::nullopt});
  return true;
}

}  // namespace ff::application_server::mqtt_session
