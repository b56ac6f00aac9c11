// The algorithm that goes both ways: the reference's while the link is good, and when it degrades
// more power, more transmissions, then a lower data rate; LR-FHSS for devices that know it. For
// devices whose surroundings change (a car above a parking sensor is 20 dB) and that would else be
// silent until they fall back by themselves, after 96 uplinks and more.
//
// Two statistics, both of the uplinks since the last change of parameters, so that each change is
// judged by its own uplinks. Margin here is the best SNR above demodulation floor and margin
// setting: raising by the reference needs it to be positive.
//
//   weak   the best of the newest `weak_uplinks` has a margin below `weak_margin_db`
//   lossy  of the newest `lossy_uplinks` the share `lossy_share` is missing, and their margin is
//          below `lossy_margin_db` (above it losses are collisions, which longer frames make worse)
//
// A degraded link (weak or lossy) gets, one per decision and each until the device has it:
//
//   1. full power, as far as bounds and refusals let it
//   2. lossy and not weak: all transmissions that bounds let it. A frame below the floor is not
//      heard the second time either, so a weak link goes on to
//   3. a lower data rate: weak, the highest one that brings the margin to `restored_margin_db`,
//      else the lowest allowed; lossy, the next one. Never below the allowed data rates
//   4. lossy at the lowest data rate: the LR-FHSS rate that reaches furthest
//
// It does not swing. What a lower data rate gains can not be spent at the same SNR, because it ends
// a step below zero at least (`restored_margin_db`, `lossy_margin_db`), and a weak link has 10 dB
// less than raising asks for: an SNR that varies by up to 10 dB peak to peak settles. Should it
// vary by more, nothing is spent while one of the remembered 20 uplinks was sent at a higher data
// rate: the device came down within them.
//
// LR-FHSS. Chosen only for a device that has used one of its data rates within the remembered
// uplinks, on a channel that the device has and is to have, of a band revision that defines it, and
// within the bounds (a maximum data rate index below it keeps it off). Gateways report no SNR that
// compares with LoRa's, so such a device is adapted by its losses alone, and never to LoRa: nothing
// measured would say that the link has become better. A device that likes LoRa better uses it.
#pragma once

#include <cstddef>

#include "protocol/mac/adr/algorithm.hpp"

namespace ff::mac::adr {

inline constexpr std::size_t weak_uplinks = 5;
inline constexpr float weak_margin_db = -10;
inline constexpr float restored_margin_db = -5;
inline constexpr std::size_t lossy_uplinks = 10;
inline constexpr float lossy_share = 0.3F;
inline constexpr float lossy_margin_db = -2.5F;

Decision two_way_adr(const History& history, const Limits& limits);

}  // namespace ff::mac::adr
