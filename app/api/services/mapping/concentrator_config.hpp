// A frequency plan as gateways ask for it. Pure.
#pragma once

#include "protocol/region/frequency_plan.hpp"
#include "ttn/lorawan/v3/regional.pb.h"

namespace ff::api {

/// What the plan's radios listen to. `region` is the plan's band: it knows the data rates.
ttn::lorawan::v3::ConcentratorConfig to_concentrator_config(const region::FrequencyPlan& plan,
                                                            const region::Region& region);

}  // namespace ff::api
