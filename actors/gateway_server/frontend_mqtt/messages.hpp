// What reaches the actor of an MQTT frontend.
#pragma once

#include "actors/support/local_message.hpp"

namespace ff::gateway_server {

/// INTERNAL: time to publish the listener's counts.
struct SampleMqttListener {};

}  // namespace ff::gateway_server
FF_LOCAL_MESSAGE(ff::gateway_server::SampleMqttListener)
