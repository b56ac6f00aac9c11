// Where devices are by their entries in the identity server's registry, for the application server.
#pragma once

#include "actors/application_server/pipeline/config.hpp"

namespace ff::app {

/// Of a row of family `entity`. Any thread; total on any bytes.
Locations registered_locations(ByteView row);

}  // namespace ff::app
