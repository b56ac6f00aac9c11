// What the contacts of a user or an OAuth client are told when its state was set.
// [spec identity-server §5.3]
#pragma once

#include "app/api/services/identity/notifications.hpp"
#include "ttn/lorawan/v3/notification_service.pb.h"

namespace ff::api {

template <class Message>
NewNotification state_notice(const storage::EntityKey& key, const Message& entity) {
  ttn::lorawan::v3::EntityStateChangedNotification data;
  data.set_state(entity.state());
  data.set_state_description(entity.state_description());
  return {.entity = key, .type = "entity_state_changed", .data = packed(data), .email = true};
}

}  // namespace ff::api
