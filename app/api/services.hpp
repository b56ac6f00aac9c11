// The services of the API, all of them, whether this process serves them or not.
#pragma once

#include <span>
#include <string_view>

namespace ff::api {

/// Full names, such as `ttn.lorawan.v3.GatewayRegistry`.
std::span<const std::string_view> service_names();

}  // namespace ff::api
