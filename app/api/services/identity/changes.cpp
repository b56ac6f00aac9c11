#include "app/api/services/identity/changes.hpp"

#include <algorithm>
#include <array>

#include "actors/identity_server/registry/errors.hpp"
#include "app/api/services/base/cause.hpp"

namespace ff::api {
namespace {

// clang-format off
// [shared/api/events.tsv]
constexpr std::array names = std::to_array<std::string_view>({
    "application.create", "application.update", "application.delete", "application.restore",
    "application.purge", "application.issue_dev_eui", "application.api-key.create",
    "application.api-key.update", "application.api-key.delete",
    "application.collaborator.update", "application.collaborator.delete",
    "client.create", "client.update", "client.delete", "client.restore", "client.purge",
    "client.collaborator.update", "client.collaborator.delete",
    "end_device.create", "end_device.update", "end_device.delete", "end_device.batch.delete",
    "gateway.create", "gateway.update", "gateway.delete", "gateway.restore", "gateway.purge",
    "gateway.batch.delete", "gateway.api-key.create", "gateway.api-key.update",
    "gateway.api-key.delete", "gateway.collaborator.update", "gateway.collaborator.delete",
    "organization.create", "organization.update", "organization.delete", "organization.restore",
    "organization.purge", "organization.api-key.create", "organization.api-key.update",
    "organization.api-key.delete", "organization.collaborator.update",
    "organization.collaborator.delete",
    "user.create", "user.update", "user.delete", "user.restore", "user.purge",
    "user.api-key.create", "user.api-key.update", "user.api-key.delete",
    "user.update.incorrect_password", "user.notification.create",
    "user.notification.update_status",
    "account.user.login_failed", "oauth.authorize", "oauth.session.terminated",
    "oauth.token.deleted", "oauth.token.exchange", "oauth.user.login", "oauth.user.logout",
});
// clang-format on

std::string_view name_of(storage::EntityKind kind, std::string_view verb) {
  const auto kind_name = identity_server::kind_name(kind);
  const auto found = std::ranges::find_if(names, [&](std::string_view name) {
    return name.size() == kind_name.size() + 1 + verb.size() && name.starts_with(kind_name) &&
           name.ends_with(verb);
  });
  return found == names.end() ? std::string_view() : *found;
}

events::EventSubject subject_of(const storage::EntityKey& entity) {
  switch (entity.kind) {
    case storage::EntityKind::application:
      return ApplicationId(entity.ids.front());
    case storage::EntityKind::gateway:
      return GatewayIdentifiers{.gateway_id = GatewayId(entity.ids.front()), .eui = {}};
    case storage::EntityKind::end_device:
      return DeviceIdentifiers{.uid = {ApplicationId(entity.ids.at(0)), DeviceId(entity.ids.at(1))},
                               .dev_eui = {},
                               .join_eui = {},
                               .dev_addr = {}};
    case storage::EntityKind::user:
      return events::AccountId{events::AccountId::Kind::user, entity.ids.front()};
    case storage::EntityKind::organization:
      return events::AccountId{events::AccountId::Kind::organization, entity.ids.front()};
    case storage::EntityKind::client:
      return events::AccountId{events::AccountId::Kind::client, entity.ids.front()};
    default:
      return {};
  }
}

void publish(const Identity& identity, std::string_view name, events::EventSubject subject,
             const events::Cause& cause, events::EventData data) {
  const auto& ports = identity.ports();
  if (!ports.publish || !ports.now || name.empty()) return;
  ports.publish({.name = name,
                 .time = ports.now(),
                 .subject = std::move(subject),
                 .correlation_ids = cause.correlation_ids,
                 .data = std::move(data),
                 .caller = cause.caller});
}

}  // namespace

void publish_change(const Identity& identity, const Call& call, const storage::EntityKey& entity,
                    std::string_view verb, const Paths& paths) {
  events::EventData data;
  if (!paths.empty()) data = events::FieldPaths{paths};
  publish(identity, name_of(entity.kind, verb), subject_of(entity), cause_of(call),
          std::move(data));
}

void publish_message(const Identity& identity, std::string_view name,
                     const storage::EntityKey& entity, const events::Cause& cause,
                     const google::protobuf::Message& data) {
  const auto* known = std::ranges::find(names, name);
  if (known == names.end()) return;
  publish(identity, *known, subject_of(entity), cause,
          events::ProtobufData{data.GetTypeName(), data.SerializeAsString()});
}

void publish_invitation(const Identity& identity, const Call& call) {
  publish(identity, "invitation.create", {}, cause_of(call), {});
}

void publish_of_user(const Identity& identity, std::string_view name, const std::string& user_id,
                     const events::Cause& cause) {
  const auto* known = std::ranges::find(names, name);
  if (known == names.end()) return;
  publish(identity, *known, events::AccountId{events::AccountId::Kind::user, user_id}, cause, {});
}

}  // namespace ff::api
