// The settings of an application's link between domain and protobuf, and what the API may make of
// them. Pure. [spec application-server §2]
#pragma once

#include <span>
#include <string>

#include "actors/application_server/link_settings/settings.hpp"
#include "protocol/base/result.hpp"
#include "ttn/lorawan/v3/applicationserver.pb.h"

namespace ff::api {

ttn::lorawan::v3::ApplicationLink to_proto(const application_server::LinkSettings& settings);

/// Both scripts at most `size_max` bytes. Error: field_value, caused by formatter_script_too_large.
Status check_scripts(const ttn::lorawan::v3::MessagePayloadFormatters& formatters,
                     std::size_t size_max);

/// The settings with the named fields of `requested`; created if `current` is null. Runs in the
/// registry. Errors: those of check_scripts and of field masks.
Result<application_server::LinkSettings> change_link(
    const application_server::LinkSettings* current,
    const ttn::lorawan::v3::ApplicationLink& requested, std::span<const std::string> paths,
    std::size_t script_size_max);

}  // namespace ff::api
