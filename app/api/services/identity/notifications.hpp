// Notifications of users: who gets one, and how they are kept. [spec identity-server §10]
#pragma once

#include <google/protobuf/any.pb.h>

#include "app/api/services/identity/identity.hpp"
#include "ttn/lorawan/v3/notification_service.pb.h"

namespace ff::api {

/// `no_receiver_user_ids`: nobody is to be told.
inline constexpr ErrorDef no_receiver_user_ids{"pkg/identityserver", "no_receiver_user_ids",
                                               Code::unknown, "no receiver user identifiers"};

/// A notification that is to be made.
struct NewNotification {
  storage::EntityKey entity;  // what it is about
  std::string type;           // `api_key_created`
  std::string data;           // google.protobuf.Any in wire form; may be empty
  bool email = false;
  bool to_admins = false;  // not to `receivers`
  std::vector<ttn::lorawan::v3::NotificationReceiver> receivers{
      ttn::lorawan::v3::NOTIFICATION_RECEIVER_ADMINISTRATIVE_CONTACT};
  std::string sender = {};  // user id; empty: nobody
  std::vector<std::string> correlation_ids = {};
};

/// Makes one for every receiver. Answers the id that they share. Errors: no_receiver_user_ids,
/// not_found() of the entity, those of the registry.
void create_notification(const Identity& identity, NewNotification notification,
                         actors::Reply<std::string> then);
/// The id; empty if the caller is no user.
std::string user_who_calls(const Call& call);
/// create_notification() of whoever calls; what can not be made is not reported: the change it is
/// about has happened.
void notify(const Identity& identity, const Call& call, NewNotification notification);
/// The data of a notification.
template <class Message>
std::string packed(const Message& message) {
  google::protobuf::Any any;
  any.PackFrom(message);
  return any.SerializeAsString();
}

}  // namespace ff::api
