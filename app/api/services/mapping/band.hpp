// A region's table as the API describes bands. Not frequency plans.
#pragma once

#include "protocol/region/region.hpp"
#include "ttn/lorawan/v3/configuration_services.pb.h"

namespace ff::api {

void put_band(const region::Region& region, ttn::lorawan::v3::BandDescription& out);

}  // namespace ff::api
