// SUBSCRIBE and UNSUBSCRIBE: what the session refuses by itself, and the owner's answers.
#include <algorithm>

#include "net/mqtt/session.hpp"
#include "net/mqtt/topic.hpp"

namespace ff::mqtt {
namespace {

/// QoS 2 is not given, and other successes than QoS 0 and 1 are no grants.
ReasonCode clip_grant(ReasonCode reason) {
  if (is_failure(reason)) return nearest_allowed(reason, PacketType::suback);
  bool some = reason == ReasonCode::granted_qos_1 || reason == ReasonCode::granted_qos_2;
  return some ? ReasonCode::granted_qos_1 : ReasonCode::success;
}

}  // namespace

bool Session::filter_fits(const std::string& filter) const {
  return filter.size() <= limits_.topic_size_max && level_count(filter) <= topic_levels_max;
}

void Session::on_subscribe(Subscribe&& packet) {
  if (requests_.contains(packet.packet_id)) return violate(ReasonCode::protocol_error);
  Request request{PacketType::suback, {}};
  SubscribeRequested question{.packet_id = packet.packet_id};
  question.subscription_id =
      packet.properties.number(PropertyId::subscription_identifier).value_or(0);
  for (auto& one : packet.subscriptions) {
    if (!is_valid_topic_filter(one.filter)) return violate(ReasonCode::topic_filter_invalid);
    bool shared = is_shared_filter(one.filter);
    if (shared && one.no_local) return violate(ReasonCode::protocol_error);
    if (shared && !limits_.shared_subscriptions) {
      request.reasons.emplace_back(ReasonCode::shared_subscriptions_not_supported);
    } else if (!filter_fits(one.filter)) {
      request.reasons.emplace_back(ReasonCode::topic_filter_invalid);
    } else {
      request.reasons.emplace_back(std::nullopt);
      question.subscriptions.push_back(std::move(one));
    }
  }
  auto entry = requests_.emplace(packet.packet_id, std::move(request)).first;
  if (question.subscriptions.empty()) return finish_request(entry);
  emit(std::move(question));
}

void Session::on_unsubscribe(Unsubscribe&& packet) {
  if (requests_.contains(packet.packet_id)) return violate(ReasonCode::protocol_error);
  Request request{PacketType::unsuback, {}};
  UnsubscribeRequested question{.packet_id = packet.packet_id};
  for (auto& filter : packet.filters) {
    if (!is_valid_topic_filter(filter)) return violate(ReasonCode::topic_filter_invalid);
    const bool refused = is_shared_filter(filter) && !limits_.shared_subscriptions;
    if (refused || !filter_fits(filter)) {
      request.reasons.emplace_back(ReasonCode::no_subscription_existed);
    } else {
      request.reasons.emplace_back(std::nullopt);
      question.filters.push_back(std::move(filter));
    }
  }
  auto entry = requests_.emplace(packet.packet_id, std::move(request)).first;
  if (question.filters.empty()) return finish_request(entry);
  emit(std::move(question));
}

Effects Session::subscribe_handled(std::uint16_t packet_id, const std::vector<ReasonCode>& reasons,
                                   MonoTime now) {
  answer_request(PacketType::suback, packet_id, reasons);
  if (state_ == State::open) run(now);
  return take();
}

Effects Session::unsubscribe_handled(std::uint16_t packet_id,
                                     const std::vector<ReasonCode>& reasons, MonoTime now) {
  answer_request(PacketType::unsuback, packet_id, reasons);
  if (state_ == State::open) run(now);
  return take();
}

void Session::answer_request(PacketType answer, std::uint16_t packet_id,
                             const std::vector<ReasonCode>& reasons) {
  auto request = requests_.find(packet_id);
  if (state_ != State::open || request == requests_.end() || request->second.answer != answer)
    return;
  auto next = reasons.begin();
  for (auto& reason : request->second.reasons) {
    if (!reason) reason = next == reasons.end() ? ReasonCode::unspecified_error : *next++;
  }
  finish_request(request);
}

void Session::finish_request(Requests::iterator request) {
  auto [packet_id, done] = *request;
  requests_.erase(request);
  std::vector<ReasonCode> reasons;
  for (const auto& reason : done.reasons)
    reasons.push_back(reason.value_or(ReasonCode::unspecified_error));
  if (done.answer == PacketType::suback) {
    std::ranges::transform(reasons, reasons.begin(), clip_grant);
    return send(Suback{.packet_id = packet_id, .reasons = std::move(reasons)});
  }
  for (auto& reason : reasons) reason = nearest_allowed(reason, PacketType::unsuback);
  send(Unsuback{.packet_id = packet_id, .reasons = std::move(reasons)});
}

}  // namespace ff::mqtt
