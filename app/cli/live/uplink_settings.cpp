#include "app/cli/live/uplink_settings.hpp"

#include "ttn/lorawan/v3/lorawan.pb.h"

namespace ff::cli {

void complete_settings(ttn::lorawan::v3::TxSettings& settings) {
  if (!settings.has_data_rate()) {
    auto& lora = *settings.mutable_data_rate()->mutable_lora();
    lora.set_bandwidth(125'000);
    lora.set_spreading_factor(7);
    lora.set_coding_rate("4/5");
  }
  if (settings.frequency() == 0) settings.set_frequency(868'100'000);
}

}  // namespace ff::cli
