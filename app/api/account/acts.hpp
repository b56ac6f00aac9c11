// INTERNAL: what visitors do, for the audit log.
#pragma once

#include "app/api/account/visit.hpp"
#include "app/api/services/audit/calls.hpp"

namespace ff::api::account {

/// `method` is such as `account/login`. `user_id`: who does it.
AuditedAct act_of(const VisitPtr& visit, std::string_view method, const std::string& user_id);

using Entities = std::vector<identity_server::EntityPtr>;
/// Makes a change, and the record of it; `then` is called when both are durable.
void change_recorded(const VisitPtr& visit, const AuditedAct& act,
                     identity_server::ChangeEntities change, actors::Reply<Entities> then);

}  // namespace ff::api::account
