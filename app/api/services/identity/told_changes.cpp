#include "app/api/services/identity/told_changes.hpp"

#include "actors/identity_server/registry/errors.hpp"
#include "actors/identity_server/registry/listings.hpp"
#include "ttn/lorawan/v3/application.pb.h"
#include "ttn/lorawan/v3/client.pb.h"
#include "ttn/lorawan/v3/end_device.pb.h"
#include "ttn/lorawan/v3/gateway.pb.h"
#include "ttn/lorawan/v3/oauth.pb.h"
#include "ttn/lorawan/v3/organization.pb.h"
#include "ttn/lorawan/v3/rights.pb.h"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::api {
namespace {

using namespace identity_server;  // The messages of its actors.
using google::protobuf::Message;
using storage::EntityKey;
using storage::EntityKind;
namespace pb = ttn::lorawan::v3;

/// What entities of the kind are stored as; null: what they say is of no interest.
const Message* prototype(EntityKind kind) {
  switch (kind) {
    case EntityKind::user:
      return &pb::User::default_instance();
    case EntityKind::organization:
      return &pb::Organization::default_instance();
    case EntityKind::application:
      return &pb::Application::default_instance();
    case EntityKind::gateway:
      return &pb::Gateway::default_instance();
    case EntityKind::client:
      return &pb::Client::default_instance();
    case EntityKind::end_device:
      return &pb::EndDevice::default_instance();
    case EntityKind::api_key:
      return &pb::APIKey::default_instance();
    case EntityKind::membership:
      return &pb::Collaborator::default_instance();
    case EntityKind::user_session:
      return &pb::UserSession::default_instance();
    case EntityKind::client_authorization:
      return &pb::OAuthClientAuthorization::default_instance();
    case EntityKind::access_token:
      return &pb::OAuthAccessToken::default_instance();
    case EntityKind::login_token:
      return &pb::LoginToken::default_instance();
    case EntityKind::invitation:
      return &pb::Invitation::default_instance();
    default:
      return nullptr;
  }
}

using MessagePtr = std::unique_ptr<Message>;

MessagePtr parsed(EntityKind kind, const Bytes& bytes) {
  MessagePtr message(prototype(kind)->New());
  ignore(Result<bool>(message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))),
         "what can not be read is recorded as far as it can");
  return message;
}

/// `next` null: it is gone. One that is deleted but kept is not there.
void tell(AuditTrail& trail, const EntityKey& key, const Entity* current, const Draft* next) {
  const auto name = audit_name(key);
  if (name.empty() || prototype(key.kind) == nullptr) return;
  const bool is_there_then = next != nullptr && !next->deleted;
  const bool was_there = current != nullptr && (!current->deleted_at || !is_there_then);
  const auto before = was_there ? parsed(key.kind, current->message) : nullptr;
  const auto after = is_there_then ? parsed(key.kind, next->message) : nullptr;
  trail.changed(name, before.get(), after.get());
}

std::string kind_prefix(std::string_view kind, std::string_view id) {
  return std::string(kind) + ":" + std::string(id);
}

}  // namespace

std::string audit_name(const EntityKey& key) {
  const auto& ids = key.ids;
  switch (key.kind) {
    case EntityKind::user:
    case EntityKind::organization:
    case EntityKind::application:
    case EntityKind::gateway:
    case EntityKind::client:
      return kind_prefix(kind_name(key.kind), ids.at(0));
    case EntityKind::end_device:
      return "device:" + ids.at(0) + "." + ids.at(1);
    case EntityKind::api_key:
      return kind_prefix(ids.at(0), ids.at(1)) + "/api_key:" + ids.at(2);
    case EntityKind::membership:
      return kind_prefix(ids.at(0), ids.at(1)) +
             "/collaborator:" + kind_prefix(ids.at(2), ids.at(3));
    case EntityKind::user_session:
      return "user:" + ids.at(0) + "/session:" + ids.at(1);
    case EntityKind::client_authorization:
      return "user:" + ids.at(0) + "/authorization:" + ids.at(1);
    case EntityKind::access_token:
      return "access_token:" + ids.at(0);
    case EntityKind::login_token:
      return "login_token";  // Its id is the token.
    case EntityKind::invitation:
      return "invitation:" + ids.at(0);
    default:
      return {};
  }
}

CreateEntity told(CreateEntity message, const AuditTrailPtr& trail) {
  for (const auto& companion : message.companions) {
    const Draft draft{companion.message, {}, false};
    tell(*trail, companion.key, nullptr, &draft);
  }
  message.make = [key = message.key, make = std::move(message.make),
                  trail](UtcTime now) -> Result<Draft> {
    FF_TRY(auto draft, make(now));
    tell(*trail, key, nullptr, &draft);
    return draft;
  };
  return message;
}

ChangeEntity told(ChangeEntity message, const AuditTrailPtr& trail) {
  message.change = [key = message.key, change = std::move(message.change), trail](
                       const Entity& current, UtcTime now) -> Result<Draft> {
    FF_TRY(auto draft, change(current, now));
    tell(*trail, key, &current, &draft);
    return draft;
  };
  return message;
}

ChangeEntities told(ChangeEntities message, const AuditTrailPtr& trail) {
  message.decide = [decide = std::move(message.decide), trail](EntityRows& rows,
                                                               UtcTime now) -> Status {
    FF_CHECK(decide(rows, now));
    for (const auto& row : rows.rows()) {
      if (!row.next && !row.erased) continue;
      if (row.erased && !row.current) continue;
      tell(*trail, row.key, row.current ? &*row.current : nullptr,
           row.erased || !row.next ? nullptr : &*row.next);
    }
    return {};
  };
  return message;
}

ChangeEntities told_deletion(const EntityKey& key) {
  ChangeEntities message;
  message.keys = {key};
  message.decide = [key](EntityRows& rows, UtcTime) -> Status {
    if (rows.find(key) == nullptr) return fail(not_found(key));
    rows.erase(key);
    return {};
  };
  return message;
}

}  // namespace ff::api
