// Errors of the entity registry, with the reference's names.
#pragma once

#include "protocol/base/result.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::identity_server {

inline constexpr ErrorDef id_taken{"pkg/util/store", "id_taken", Code::already_exists,
                                   "ID already taken; choose another ID and try again"};
inline constexpr ErrorDef already_exists{"pkg/util/store", "already_exists", Code::already_exists,
                                         "entity already exists"};
inline constexpr ErrorDef gateway_eui_taken{
    "pkg/identityserver", "gateway_eui_taken", Code::already_exists,
    "a gateway with EUI `{gateway_eui}` is already registered as `{gateway_id}`"};
inline constexpr ErrorDef end_device_euis_taken{
    "pkg/identityserver", "end_device_euis_taken", Code::already_exists,
    "an end device with JoinEUI `{join_eui}` and DevEUI `{dev_eui}` is already registered as "
    "`{device_id}` in "
    "application `{application_id}`"};
inline constexpr ErrorDef gateway_not_found_by_eui{"pkg/identityserver/store",
                                                   "gateway_not_found_by_eui", Code::not_found,
                                                   "gateway with EUI `{gateway_eui}` not found"};

/// The reference has no such error; its queue is the database's.
inline constexpr ErrorDef registry_overloaded{"pkg/identityserver", "overloaded",
                                              Code::resource_exhausted, "too many requests wait"};

/// `application_not_found` with its id, and so on for every kind.
Error not_found(const storage::EntityKey& key);
/// The kind's name in the API: `application`, `end_device`, …
std::string_view kind_name(storage::EntityKind kind) noexcept;

}  // namespace ff::identity_server
