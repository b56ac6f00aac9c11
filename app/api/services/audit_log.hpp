// farfield.v1.AuditLog: what the audit log says, for administrators and, of their own entities
// since these are there, for who has all rights on them.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "actors/audit/interface.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/identity/identity.hpp"

namespace ff::api {

std::unique_ptr<grpc::Service> make_audit_log(const ServiceContext& context, Identity identity,
                                              audit::Routes log);

}  // namespace ff::api
