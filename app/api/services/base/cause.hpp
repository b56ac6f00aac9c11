// What events say of the call that they follow from.
#pragma once

#include "actors/events/event.hpp"
#include "app/api/call.hpp"

namespace ff::api {

/// With the kind and the id of the caller's token, never the token. [spec
/// events-cluster-discovery §1]
events::Cause cause_of(const Call& call);

}  // namespace ff::api
