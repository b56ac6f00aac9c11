// Starts the roaming actor.
#pragma once

#include <caf/fwd.hpp>

#include "actors/roaming/config.hpp"
#include "actors/roaming/interface.hpp"

namespace ff::roaming {

/// One per node. Throws when the rated records can not be read.
RoamingHandle spawn_roaming(caf::actor_system& system, RoamingConfig config);

/// Of frames that our gateways hear: what the roaming actor has to be told.
enum class Diversion : std::uint8_t {
  none,     // ours
  copy,     // ours perhaps, a partner's if nobody here knows the device: joins
  partner,  // a partner's address: it is not looked for here
};
Diversion diversion_of(const UplinkFrame& frame,
                       const std::vector<config::RoamingPartner>& partners);

}  // namespace ff::roaming
