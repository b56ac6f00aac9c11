// Whether a server of another network may have what it asks about a device. Pure. Not who it is:
// that is proven by its certificate before anything is asked here. [spec join-server §10]
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/join_server/activation/settings.hpp"
#include "actors/join_server/device.hpp"
#include "actors/join_server/messages.hpp"

namespace ff::join_server {

/// The device's NetID, else that of its application's settings.
std::optional<NetId> home_net_id(const JoinDevice& device,
                                 const activation::Settings* maybe_settings);

/// Errors: no_net_id; net_id_mismatch, unless caller and request have the home NetID;
/// caller_not_authorized, if the device names an address that the caller's certificate does not.
[[nodiscard]] Status authorize(const JoinDevice& device, const activation::Settings* maybe_settings,
                               const ExternalNetwork& caller, NetId requested);
/// Errors: no_application_server_id, caller_not_authorized.
[[nodiscard]] Status authorize(const JoinDevice& device, const activation::Settings* maybe_settings,
                               const ExternalApplicationServer& caller);

/// Whether one of `patterns` names the host of `address`: label by label, `*` for the first one.
/// A pattern that does not match leaves the others their turn; the reference refuses there.
bool names_host(const std::vector<std::string>& patterns, std::string_view address);

}  // namespace ff::join_server
