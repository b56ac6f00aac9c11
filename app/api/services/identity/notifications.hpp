// Notifications of users: who gets one, and how they are kept. [spec identity-server §10]
#pragma once

#include <google/protobuf/any.pb.h>

#include "app/api/services/identity/identity.hpp"

namespace ff::api {

/// A notification that is to be made.
struct NewNotification {
  storage::EntityKey entity;  // what it is about
  std::string type;           // `api_key_created`
  std::string data;           // google.protobuf.Any in wire form; may be empty
  bool email = false;
  bool to_admins = false;  // otherwise to the entity's administrative contact
};

/// Makes one for every receiver; what can not be made is not reported: the change it is about has
/// happened.
void notify(const Identity& identity, const Call& call, NewNotification notification);
/// The data of a notification.
template <class Message>
std::string packed(const Message& message) {
  google::protobuf::Any any;
  any.PackFrom(message);
  return any.SerializeAsString();
}

}  // namespace ff::api
