// The MQTT frontend: one actor per listener. Its gateways' actors are links.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/gateway_server/frontend_mqtt/messages.hpp"

namespace ff::gateway_server {

using MqttFrontendHandle =
    caf::typed_actor<caf::reacts_to<SampleMqttListener>>;  // INTERNAL: counts as metrics.

}  // namespace ff::gateway_server
