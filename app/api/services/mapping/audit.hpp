// The audit log between domain and protobuf. Pure.
#pragma once

#include <optional>

#include "actors/audit/messages.hpp"
#include "farfield/v1/audit.pb.h"

namespace ff::api {

void put(const audit::StoredRecord& stored, farfield::v1::AuditRecord& out);
farfield::v1::VerifyAuditLogResponse to_proto(const audit::Verdict& verdict);

/// Without the reply. Nothing: no such action.
std::optional<audit::FindRecords> find_records_of(
    const farfield::v1::SearchAuditRecordsRequest& request);
/// Nothing: what is expected is no digest.
std::optional<audit::VerifyChain> verify_chain_of(
    const farfield::v1::VerifyAuditLogRequest& request);

}  // namespace ff::api
