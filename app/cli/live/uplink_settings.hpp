// The radio settings of uplinks that were never sent: the API wants them, nobody cares.
#pragma once

namespace ttn::lorawan::v3 {
class TxSettings;
}

namespace ff::cli {

/// Puts in what is not there: SF7 on 125 kHz, 868.1 MHz.
void complete_settings(ttn::lorawan::v3::TxSettings& settings);

}  // namespace ff::cli
