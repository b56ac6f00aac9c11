// HTTP clients of addresses that the operator has chosen, not a user.
#pragma once

#include "net/http_client/target_policy.hpp"

namespace ff::app {

/// Any address may be one, also of a private network.
net::http_client::TargetPolicy any_target();

}  // namespace ff::app
