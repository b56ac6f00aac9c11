#include "app/api/services/identity/notifications.hpp"

#include <algorithm>

#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/contacts.hpp"
#include "app/api/services/identity/entity_ids.hpp"
#include "app/api/services/identity/users.hpp"
#include "protocol/base/hex.hpp"
#include "ttn/lorawan/v3/application.pb.h"
#include "ttn/lorawan/v3/client.pb.h"
#include "ttn/lorawan/v3/gateway.pb.h"
#include "ttn/lorawan/v3/notification_service.pb.h"
#include "ttn/lorawan/v3/organization.pb.h"

namespace ff::api {
namespace {

using identity_server::EntityPtr;
using identity_server::EntityRows;
using storage::EntityKey;
using storage::EntityKind;
using Receivers = std::vector<std::string>;

/// More are not told of one event.
constexpr std::size_t receivers_max = 256;
/// A user's newest; an older one goes with each that comes.
constexpr std::uint64_t kept_max = 1000;

/// Who is told, and what these have too many of.
struct Plan {
  Receivers receivers;
  std::vector<EntityKey> old;
  std::vector<std::string> addresses;  // of those who get mail too
};

struct Contacts {
  std::optional<EntityKey> administrative;
  std::optional<EntityKey> technical;
};

template <class Message>
Result<Contacts> contacts_of(const storage::Reader& store, const EntityKey& key) {
  FF_TRY(const auto entity, get_entity(store, key, identity_server::Deleted::with));
  FF_TRY(const auto message, entity_message<Message>(*entity));
  return Contacts{account_key(message.administrative_contact()),
                  account_key(message.technical_contact())};
}

Result<Contacts> contacts(const storage::Reader& store, const EntityKey& key) {
  switch (key.kind) {
    case EntityKind::user:
      return Contacts{key, key};
    case EntityKind::organization:
      return contacts_of<pb::Organization>(store, key);
    case EntityKind::client:
      return contacts_of<pb::Client>(store, key);
    case EntityKind::gateway:
      return contacts_of<pb::Gateway>(store, key);
    default:
      return contacts_of<pb::Application>(store, key);
  }
}

/// Of a device its application.
EntityKey owner_of(const EntityKey& key) {
  if (key.kind != EntityKind::end_device) return key;
  return {EntityKind::application, {key.ids.front()}};
}

/// Users and organizations. [spec identity-server §10]
Result<std::vector<EntityKey>> accounts_of(const storage::Reader& store,
                                           const NewNotification& wanted) {
  const auto key = owner_of(wanted.entity);
  FF_TRY(const auto of_entity, contacts(store, key));
  if (key.kind == EntityKind::user) return std::vector<EntityKey>{key};
  std::vector<EntityKey> out;
  const auto add = [&](const std::optional<EntityKey>& contact) {
    if (contact) out.push_back(*contact);
  };
  for (const auto receiver : wanted.receivers) {
    if (receiver == pb::NOTIFICATION_RECEIVER_ADMINISTRATIVE_CONTACT) {
      add(of_entity.administrative ? of_entity.administrative : of_entity.technical);
    } else if (receiver == pb::NOTIFICATION_RECEIVER_TECHNICAL_CONTACT) {
      add(of_entity.technical);
    } else if (receiver == pb::NOTIFICATION_RECEIVER_COLLABORATOR) {
      FF_TRY(const auto members, identity_server::collaborators_of(store, key));
      for (const auto& member : members) out.push_back(member.account);
    }
  }
  return out;
}

/// An organization passes a notification on to all its members if it says so, otherwise to its own
/// contact.
Result<Receivers> members_of(const storage::Reader& store, const EntityKey& organization) {
  FF_TRY(const auto entity, get_entity(store, organization, identity_server::Deleted::without));
  FF_TRY(const auto message, entity_message<pb::Organization>(*entity));
  const auto own = account_key(message.administrative_contact());
  if (!message.fanout_notifications() && own && own->kind == EntityKind::user)
    return Receivers{own->ids.front()};
  FF_TRY(const auto members, identity_server::collaborators_of(store, organization));
  Receivers out;
  for (const auto& member : members) {
    if (out.size() < receivers_max) out.push_back(member.account.ids.front());
  }
  return out;
}

Result<Receivers> admins(const storage::Reader& store) {
  identity_server::PageWish wish;
  wish.limit = receivers_max;
  wish.filter = [](const identity_server::Entity& entity) {
    const auto user = entity_message<pb::User>(entity);
    return user && user->admin();
  };
  FF_TRY(const auto page, identity_server::page_of_kind(store, EntityKind::user, {}, wish));
  Receivers out;
  for (const auto& entity : page.entities) out.push_back(entity->key.ids.front());
  return out;
}

Result<Receivers> receivers_of(const storage::Reader& store, const NewNotification& wanted) {
  if (wanted.to_admins) return admins(store);
  FF_TRY(const auto accounts, accounts_of(store, wanted));
  Receivers out;
  for (const auto& account : accounts) {
    if (account.kind != EntityKind::organization) {
      out.push_back(account.ids.front());
    } else if (auto members = members_of(store, account)) {  // else it is gone
      out.insert(out.end(), members->begin(), members->end());
    }
    if (out.size() >= receivers_max) break;
  }
  return out;
}

Result<Plan> plan(const storage::Reader& store, const NewNotification& wanted) {
  FF_TRY(auto receivers, receivers_of(store, wanted));
  std::ranges::sort(receivers);
  receivers.erase(std::unique(receivers.begin(), receivers.end()), receivers.end());
  Plan out{std::move(receivers), {}, {}};
  for (const auto& id : out.receivers) {
    const auto entity = get_entity(store, user_key(id), identity_server::Deleted::without);
    const auto user =
        entity ? entity_message<pb::User>(**entity) : Result<pb::User>(fail(entity.error()));
    if (user && wanted.email) out.addresses.push_back(user->primary_email_address());
    identity_server::PageWish wish;
    wish.descending = true;
    wish.skip = kept_max - 1;
    wish.limit = 2;
    FF_TRY(const auto page,
           identity_server::page_of_kind(store, EntityKind::notification, {id}, wish));
    for (const auto& old : page.entities) out.old.push_back(old->key);
  }
  return out;
}

/// RFC 9562 version 7, so that a user's notifications are kept in the order of their times.
std::string new_uuid(UtcTime now, Random& random) {
  Bytes bytes(16);
  random.fill(bytes);
  const auto ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
  bytes[6] = static_cast<std::uint8_t>(0x70U | (bytes[6] & 0x0FU));
  bytes[8] = static_cast<std::uint8_t>(0x80U | (bytes[8] & 0x3FU));
  auto text = hex_lower(bytes);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, "-");
  return text;
}

pb::Notification to_proto(const NewNotification& wanted, const std::string& id) {
  pb::Notification out;
  out.set_id(id);
  put_entity(wanted.entity, *out.mutable_entity_ids());
  out.set_notification_type(wanted.type);
  if (!wanted.data.empty()) out.mutable_data()->ParseFromString(wanted.data);
  if (!wanted.sender.empty()) out.mutable_sender_ids()->set_user_id(wanted.sender);
  if (!wanted.to_admins)
    out.mutable_receivers()->Assign(wanted.receivers.begin(), wanted.receivers.end());
  out.set_email(wanted.email);
  return out;
}

struct MailText {
  std::string_view type;
  std::string_view subject;
  std::string_view text;  // before the entity
};
constexpr MailText mail_texts[] = {
    {"user_requested", "A user asks for approval", "An administrator has to approve "},
    {"client_requested", "An OAuth client asks for approval", "An administrator has to approve "},
    {"api_key_created", "A new API key", "A new API key was created for "},
    {"api_key_changed", "An API key was changed", "The rights of an API key were changed for "},
    {"collaborator_changed", "A collaborator was changed",
     "The rights of a collaborator were "
     "changed on "},
    {"entity_state_changed", "The state was changed", "An administrator changed the state of "},
    {"password_changed", "Your password was changed", "The password was changed of "},
};

/// Says what happened to what, and none of the data, which may be secret. [spec identity-server
/// §10]
Mail mail_of(const NewNotification& wanted, const std::string& address) {
  const auto* known = std::ranges::find_if(
      mail_texts, [&](const MailText& one) { return one.type == wanted.type; });
  const auto kind = std::string(identity_server::kind_name(wanted.entity.kind));
  const auto entity = kind + " " + wanted.entity.ids.back();
  if (known == std::end(mail_texts))
    return {.to = address, .subject = "Notification", .text = "Something happened to " + entity};
  return {.to = address,
          .subject = std::string(known->subject) + " (" + entity + ")",
          .text = std::string(known->text) + entity +
                  ".\n\nIf you did not expect this, look at your account and tell the operator of "
                  "the network.\n\naccount:\nconsole:\n"};
}

identity_server::ChangeEntities store_for(const Plan& plan, const pb::Notification& notification) {
  identity_server::ChangeEntities message;
  std::vector<EntityKey> users;
  for (const auto& id : plan.receivers) {
    message.keys.push_back({EntityKind::notification, {id, notification.id()}});
    users.push_back(user_key(id));
  }
  const auto rows_of = message.keys;
  message.keys.insert(message.keys.end(), users.begin(), users.end());
  message.keys.insert(message.keys.end(), plan.old.begin(), plan.old.end());
  message.decide = [=, old = plan.old](EntityRows& rows, UtcTime) -> Status {
    for (const auto& key : old) rows.erase(key);
    for (std::size_t i = 0; i < users.size(); ++i) {
      // Whoever has gone meanwhile gets none.
      if (!rows.live(users[i])) continue;
      rows.put(rows_of[i], {.message = bytes_of(notification.SerializeAsString()), .unique = {}});
    }
    return {};
  };
  return message;
}

}  // namespace

void create_notification(const Identity& identity, NewNotification wanted,
                         actors::Reply<std::string> then) {
  if (!identity.ports().now || !identity.ports().make_random)
    return then(fail(no_receiver_user_ids));
  auto random = identity.ports().make_random();
  const auto notification = to_proto(wanted, new_uuid(identity.ports().now(), *random));
  auto find = [wanted](const storage::Reader& store) { return plan(store, wanted); };
  auto send = [=](const Result<Plan>& found) {
    if (!found) return then(fail(found.error()));
    if (found->receivers.empty()) return then(fail(no_receiver_user_ids));
    identity.change(store_for(*found, notification),
                    [=, addresses = found->addresses,
                     receivers = found->receivers](const Result<std::vector<EntityPtr>>& stored) {
                      if (!stored) return then(fail(stored.error()));
                      then(notification.id());
                      for (const auto& receiver : receivers) {
                        publish_message(identity, "user.notification.create", user_key(receiver),
                                        {wanted.correlation_ids, nullptr}, notification);
                      }
                      if (!identity.ports().send_mail) return;
                      for (const auto& address : addresses)
                        identity.ports().send_mail(mail_of(wanted, address));
                    });
  };
  // All users are looked through for the administrators.
  if (wanted.to_admins) return identity.scan<Plan>(find, send);
  identity.read<Plan>(find, send);
}

std::string user_who_calls(const Call& call) {
  constexpr std::string_view prefix = "user:";
  const auto& account = call.auth.account_id;
  return account.starts_with(prefix) ? account.substr(prefix.size()) : std::string();
}

void notify(const Identity& identity, const Call& call, NewNotification wanted) {
  wanted.sender = user_who_calls(call);
  wanted.correlation_ids = call.correlation_ids;
  create_notification(identity, std::move(wanted), [](const Result<std::string>&) {});
}

}  // namespace ff::api
