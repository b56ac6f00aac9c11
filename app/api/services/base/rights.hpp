// Rights of callers, checked in one place before an actor is asked: which a method needs
// (rights_table.cpp) and whether the caller has them. Who has which is the identity server's.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/support/reply.hpp"
#include "app/api/call.hpp"
#include "protocol/base/result.hpp"
#include "storage/keys/entity_keys.hpp"
#include "ttn/lorawan/v3/rights.pb.h"

namespace ff::api {

using ttn::lorawan::v3::Right;
/// Of one entity, implied ones included.
using RightSet = std::vector<Right>;

/// Port to the identity server: the caller's rights on an entity; empty for unknown entities.
/// Answers once, on any thread.
using RightsOf = std::function<void(const Call& call, const storage::EntityKey& entity,
                                    actors::Reply<RightSet> answer)>;

/// What a method needs for a request with these field mask paths: rows of
/// [shared/api/rpc-rights.tsv]. A path needs what any field at or below it needs. A method that has
/// no row needs right_invalid, so that nobody may call it.
RightSet needed_rights(std::string_view method, std::span<const std::string> paths);

/// Errors of pkg/auth/rights: no_<entity>_rights when the caller has none,
/// insufficient_<entity>_rights with the missing ones.
Status check_rights(const storage::EntityKey& entity, const RightSet& needed, const RightSet& held);

}  // namespace ff::api
