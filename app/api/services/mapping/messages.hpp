// Application messages between domain and protobuf, for API streams, queues and events. MQTT and
// webhooks write JSON themselves (protocol/application_json).
#pragma once

#include "protocol/types/application_messages.hpp"
#include "ttn/lorawan/v3/error.pb.h"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::api {

void put_data_rate(const DataRate& data_rate, ttn::lorawan::v3::DataRate& out);

Location location_of(const ttn::lorawan::v3::Location& location);
void put_version_ids(const DeviceVersionIds& ids,
                     ttn::lorawan::v3::EndDeviceVersionIdentifiers& out);
DeviceVersionIds version_ids_of(const ttn::lorawan::v3::EndDeviceVersionIdentifiers& ids);

void put_downlink(const ApplicationDownlink& downlink, ttn::lorawan::v3::ApplicationDownlink& out);
/// Only what an application may say is read; correlation ids as they are.
ApplicationDownlink downlink_of(const ttn::lorawan::v3::ApplicationDownlink& downlink);

void put_up(const ApplicationUp& up, ttn::lorawan::v3::ApplicationUp& out);

/// Error and causes without the correlation id, which only an answer has.
void put_error(const Error& error, ttn::lorawan::v3::ErrorDetails& out);

}  // namespace ff::api
