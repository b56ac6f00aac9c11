#include "protocol/mac/adr/algorithm.hpp"

#include <array>

namespace ff::mac::adr {

std::string_view to_string(Reason reason) noexcept {
  static constexpr std::array<std::string_view, reason_count> names = {"disabled",
                                                                       "static_values",
                                                                       "band_without_adr",
                                                                       "adr_bit_off",
                                                                       "no_history",
                                                                       "no_enabled_channel",
                                                                       "no_allowed_data_rate",
                                                                       "no_allowed_tx_power",
                                                                       "unknown_floor",
                                                                       "adapted",
                                                                       "steered",
                                                                       "power_first",
                                                                       "transmissions_first",
                                                                       "lowered",
                                                                       "lowest",
                                                                       "settling",
                                                                       "lr_fhss_kept"};
  return names[static_cast<std::size_t>(reason)];
}

Decision keep(const MacParameters& current, Reason reason) noexcept {
  return {reason, current.adr_data_rate_index, current.adr_tx_power_index, current.adr_nb_trans};
}

}  // namespace ff::mac::adr
