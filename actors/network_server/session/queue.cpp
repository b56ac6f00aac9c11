// The application downlink queue. Items come encrypted and numbered by the application server.
// [spec network-server §18]
#include <algorithm>

#include "actors/network_server/session/downlink_frame.hpp"
#include "actors/network_server/session/errors.hpp"
#include "actors/network_server/session/state.hpp"
#include "protocol/base/base64.hpp"

namespace ff::network_server {
namespace {

/// Half of what scheduling at an absolute time needs. [spec network-server §18]
constexpr Duration absolute_time_lead = std::chrono::milliseconds{2500};

using Items = std::vector<mac::DownlinkQueue::Item>;

/// Smallest counter that the next item of a session may have, behind those of this push.
FCnt32 min_f_cnt(const mac::Session& session, bool is_1_1, const Items& pushed) {
  auto highest = is_1_1 ? session.last_a_f_cnt_down : session.last_n_f_cnt_down;
  const auto& queue = session.queued_application_downlinks;
  if (!queue.empty()) highest = std::max(highest, queue.back().f_cnt);
  if (!pushed.empty()) highest = std::max(highest, pushed.back()->f_cnt);
  return FCnt32{highest.value() + 1};
}

/// What a push makes of a device: the items come to their queues together.
struct Push {
  Device next;
  Items items;
  Items pending_items;
};

/// What the application server needs to number again. [spec network-server §18,
/// DownlinkQueueOperationErrorDetails]
std::vector<Attribute> counters_of(const Push& push) {
  const auto& device = push.next;
  std::vector<Attribute> attributes;
  const auto add = [&](const std::string& prefix, const std::optional<mac::Session>& session,
                       const std::optional<mac::MacState>& state, const Items& pushed) {
    if (!session || !state) return;
    const bool is_1_1 = at_least(state->lorawan_version, MacVersion::v1_1);
    attributes.emplace_back(prefix + "dev_addr", to_string(session->dev_addr));
    attributes.emplace_back(prefix + "session_key_id", base64_encode(session->keys.session_key_id));
    attributes.emplace_back(prefix + "min_f_cnt_down", min_f_cnt(*session, is_1_1, pushed).value());
  };
  add("", device.session, device.mac_state, push.items);
  add("pending_", device.pending_session, device.pending_mac_state, push.pending_items);
  return attributes;
}

std::size_t largest_payload(const region::Region& region, const region::FrequencyPlan& plan) {
  const region::FrameLimits limits{region::DwellTime::off, plan.repeater_compatible};
  std::size_t largest = 0;
  for (const auto& entry : region.data_rates) {
    largest = std::max<std::size_t>(
        largest, region.max_mac_payload(entry.index, region::Direction::downlink, limits));
  }
  return room_in(largest);
}

struct Rules {
  const Device& device;
  std::size_t payload_max;
  std::size_t capacity;
  UtcTime now;
};

Status check(const ApplicationDownlink& item, const Rules& rules) {
  if (item.frm_payload.size() > rules.payload_max) {
    return fail(application_downlink_too_long,
                {{"length", item.frm_payload.size()}, {"max", rules.payload_max}});
  }
  if (rules.device.multicast) {
    if (item.confirmed) return fail(confirmed_multicast_downlink);
    if (!item.class_b_c || item.class_b_c->gateways.empty()) return fail(no_downlink_path);
  }
  const bool timed = item.class_b_c && item.class_b_c->absolute_time;
  if (timed && *item.class_b_c->absolute_time < rules.now + absolute_time_lead)
    return fail(downlink_expired);
  return {};
}

Status enqueue(Push& push, const ApplicationDownlink& item, const Rules& rules) {
  auto& next = push.next;
  const auto belongs = [&](const std::optional<mac::Session>& session) {
    return session && session->keys.session_key_id == item.session_key_id;
  };
  const bool pending = !belongs(next.session) && belongs(next.pending_session);
  if (!pending && !belongs(next.session)) return fail(unknown_session, counters_of(push));
  const auto& session = pending ? *next.pending_session : *next.session;
  auto& items = pending ? push.pending_items : push.items;
  const auto& state = pending ? next.pending_mac_state : next.mac_state;
  const bool is_1_1 = state && at_least(state->lorawan_version, MacVersion::v1_1);
  if (const auto min = min_f_cnt(session, is_1_1, items); item.f_cnt < min) {
    auto attributes = counters_of(push);
    attributes.emplace_back("f_cnt", item.f_cnt.value());
    attributes.emplace_back("min_f_cnt", min.value());
    return fail(f_cnt_too_low, std::move(attributes));
  }
  if (session.queued_application_downlinks.size() + items.size() >= rules.capacity)
    return fail(downlink_queue_capacity);
  items.push_back(std::make_shared<const ApplicationDownlink>(item));
  return {};
}

}  // namespace

void SessionState::on(const PushDownlinks& event, const Turn& turn, Outcome& out) {
  const auto answer = [&](Status status) {
    note_push(event, status, turn);
    out.effects.emplace_back(Answer{[reply = event.reply, status] { reply(status); }});
  };
  if (!device_) return answer(fail(device_not_found));
  if (!device_->mac_state && !device_->pending_mac_state) return answer(fail(unknown_mac_state));
  auto radio = radio_of(*device_, surroundings_.plans);
  if (!radio) return answer(fail(radio.error()));
  const Rules rules{*device_, largest_payload(*radio->region, *radio->plan),
                    surroundings_.config.downlink_queue_capacity, turn.now.utc};
  Push push{*device_, {}, {}};
  auto& next = push.next;
  if (event.replace) {
    if (next.session) next.session->queued_application_downlinks.clear();
    if (next.pending_session) next.pending_session->queued_application_downlinks.clear();
  }
  for (const auto& item : event.downlinks) {
    auto status = check(item, rules);
    if (status) status = enqueue(push, item, rules);
    if (!status) return answer(std::move(status));
  }
  if (next.session) next.session->queued_application_downlinks.append(std::move(push.items));
  if (next.pending_session)
    next.pending_session->queued_application_downlinks.append(std::move(push.pending_items));
  device_ = std::make_shared<const Device>(std::move(next));
  answer({});
  // The windows of the last uplink may still be open.
  if (!event.downlinks.empty()) wake(turn.now.utc);
}

void SessionState::on(const ListDownlinks& event, const Turn&, Outcome& out) {
  Result<std::vector<ApplicationDownlink>> list = fail(device_not_found);
  if (device_) {
    list = std::vector<ApplicationDownlink>{};
    for (const auto* session : {&device_->session, &device_->pending_session}) {
      if (!*session) continue;
      const auto& queue = (*session)->queued_application_downlinks;
      for (const auto& item : queue.items()) list->push_back(*item);
    }
  }
  out.effects.emplace_back(Answer{[reply = event.reply, list = std::move(list)] { reply(list); }});
}

}  // namespace ff::network_server
