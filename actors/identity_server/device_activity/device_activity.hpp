// What devices did, written into their entries in the registry: when they were heard, and where
// their payloads say they are. Not a change that somebody made: `updated_at` stays, and there is no
// event.
#pragma once

#include "actors/identity_server/registry/interface.hpp"
#include "actors/support/route.hpp"
#include "protocol/types/device_activity.hpp"

namespace ff::identity_server {

/// One transaction; the newer time of a last sight wins, and the first activation stays. Devices
/// that are not there are left out. At most entities_max devices, each once.
ChangeEntities activity_change(std::vector<DeviceActivity> activity);

/// Writes through `writer`, at most `batch_max` devices (1 to entities_max) in one transaction.
/// What can not be written is told in the log, and again by devices that go on.
ReportActivity make_activity_writer(actors::Route<RegistryHandle> writer, std::size_t batch_max);

}  // namespace ff::identity_server
