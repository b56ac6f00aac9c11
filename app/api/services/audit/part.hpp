// Records of parts of a call that have outcomes of their own, such as one of many entities. Not of
// whole calls; those are recorded on their common path (calls.hpp).
#pragma once

#include "app/api/services/audit/calls.hpp"

namespace ff::api {

/// `request` is the part. `then` is called when the record is durable.
void record_part(const CallAuditPorts& ports, const Call& call,
                 const google::protobuf::Message& request, const Status& outcome,
                 CallAudit::Continuation then);

}  // namespace ff::api
