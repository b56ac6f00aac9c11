// The topics of applications: `v3/{uid}/devices/{device_id}/…`, how filters are rewritten, which
// topics take downlinks. Pure. [spec integrations §1.2, §1.3]
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/application_server/outbox/message.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::application_server {

/// The application of a user name: `{application-id}` or `{application-id}@{tenant-id}`. Nothing if
/// it has neither form.
std::optional<ApplicationId> application_of(std::string_view username);

/// The filter below the application's own topics: `#`, `v3/#` and `v3/+/…` mean this application.
/// Nothing for others' topics. `uid` is the user name.
std::optional<std::string> rewrite_filter(std::string_view filter, std::string_view uid);

/// The part of a rewritten filter below `v3/{uid}/`, for subscriptions that outlive a connection.
std::string relative_filter(std::string_view rewritten, std::string_view uid);

/// `$share/{group}/{filter}` with the filter as relative_filter() has it: how a group is known.
/// Nothing for others' topics, and for filters that are not shared.
std::optional<std::string> shared_name(std::string_view filter, std::string_view uid);

/// `v3/{uid}/devices/{device_id}/{suffix}`.
std::string up_topic(std::string_view uid, const DeviceId& device_id, UpKind kind);

struct DownlinkTopic {
  DeviceId device_id;
  bool replace = false;
};
/// Nothing for a topic that does not take downlinks of this application.
std::optional<DownlinkTopic> parse_downlink_topic(std::string_view topic, std::string_view uid);

}  // namespace ff::application_server
