// User names of MQTT clients: an entity's unique id.
#pragma once

#include <string_view>

namespace ff {

/// The entity's id in `{id}` or `{id}@{tenant-id}`; empty when it has neither form. Whether the id
/// itself is one is the caller's to check.
std::string_view entity_id_of_uid(std::string_view uid) noexcept;

}  // namespace ff
