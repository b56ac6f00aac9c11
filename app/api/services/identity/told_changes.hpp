// INTERNAL: changes of the registry that tell an audit trail what they are, where they are decided:
// before and after are those of the transaction.
#pragma once

#include <memory>

#include "actors/identity_server/registry/messages.hpp"
#include "app/api/call_audit.hpp"

namespace ff::api {

using AuditTrailPtr = std::shared_ptr<AuditTrail>;

identity_server::CreateEntity told(identity_server::CreateEntity message,
                                   const AuditTrailPtr& trail);
identity_server::ChangeEntity told(identity_server::ChangeEntity message,
                                   const AuditTrailPtr& trail);
identity_server::ChangeEntities told(identity_server::ChangeEntities message,
                                     const AuditTrailPtr& trail);
/// The deletion of `key`, in a form that can be told.
identity_server::ChangeEntities told_deletion(const storage::EntityKey& key);

/// `application:app`, `application:app/api_key:ID`; a device is `device:app.dev`. Empty: of no
/// interest.
std::string audit_name(const storage::EntityKey& key);

}  // namespace ff::api
