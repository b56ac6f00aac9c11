#include "actors/identity_server/device_activity/device_activity.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/identity_server/api_keys/message_values.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::identity_server {
namespace {

namespace api = ttn::lorawan::v3;

void put_location(const Location& from, api::Location& to) {
  to.set_latitude(from.latitude);
  to.set_longitude(from.longitude);
  to.set_altitude(from.altitude_m);
  to.set_accuracy(from.accuracy_m);
  to.set_source(static_cast<api::LocationSource>(from.source));
}

void apply(const DeviceActivity& activity, api::EndDevice& device) {
  const auto& seen = activity.last_seen_at;
  if (seen && (!device.has_last_seen_at() || time_of(device.last_seen_at()) < *seen))
    set_time(*device.mutable_last_seen_at(), *seen);
  // Once, and never again. [spec identity-server §7.1]
  if (activity.activated_at && !device.has_activated_at())
    set_time(*device.mutable_activated_at(), *activity.activated_at);
  for (const auto& [service, location] : activity.locations)
    put_location(location, (*device.mutable_locations())[service]);
}

Result<Draft> changed(const Entity& current, const DeviceActivity& activity) {
  FF_TRY(auto device, parse<api::EndDevice>(current));
  apply(activity, device);
  auto draft = redrafted(current, device);
  draft.keeps_time = true;
  return draft;
}

storage::EntityKey key_of(const DeviceUid& device) {
  return {storage::EntityKind::end_device, {device.application_id.text(), device.device_id.text()}};
}

}  // namespace

ChangeEntities activity_change(std::vector<DeviceActivity> activity) {
  ChangeEntities message;
  for (const auto& one : activity) message.keys.push_back(key_of(one.device));
  message.decide = [activity = std::move(activity), keys = message.keys](EntityRows& rows,
                                                                         UtcTime) -> Status {
    for (std::size_t i = 0; i < activity.size(); ++i) {
      const auto* current = rows.find(keys[i]);
      if (current == nullptr || current->deleted_at) continue;
      FF_TRY(auto draft, changed(*current, activity[i]));
      rows.put(keys[i], std::move(draft));
    }
    return {};
  };
  return message;
}

ReportActivity make_activity_writer(actors::Route<RegistryHandle> route, std::size_t batch_max) {
  return [route = std::move(route), batch_max](std::vector<DeviceActivity> activity) {
    const auto writer = route.get();
    if (!writer) return;
    for (std::size_t at = 0; at < activity.size(); at += batch_max) {
      const auto first = activity.begin() + static_cast<std::ptrdiff_t>(at);
      const auto count = std::min(batch_max, activity.size() - at);
      auto message =
          activity_change({std::make_move_iterator(first),
                           std::make_move_iterator(first + static_cast<std::ptrdiff_t>(count))});
      message.reply = [count](const Result<std::vector<EntityPtr>>& written) {
        if (written) return;
        spdlog::warn("msg=\"activity of devices not written\" devices={} error=\"{}\"", count,
                     written.error().to_string());
      };
      caf::anon_send(writer, std::move(message));
    }
  };
}

}  // namespace ff::identity_server
