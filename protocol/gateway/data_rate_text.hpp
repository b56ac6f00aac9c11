// Data rates as gateways write them: `datr` and `codr` of Semtech, which the legacy messages have
// too. Text forms only; regions give them meaning.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/types/radio.hpp"

namespace ff::gateway {

/// `SF7BW125` (bandwidth in kHz, decimals allowed) with `codr` such as `4/5`. A missing coding rate
/// is 4/5.
std::optional<LoraDataRate> parse_lora(std::string_view datr, std::string_view codr) noexcept;
/// `M0CW137` with the concentrator's `codr`: 4/6 stands for 2/3, 4/8 for 1/2, 2/6 for 1/3.
std::optional<LrFhssDataRate> parse_lr_fhss(std::string_view datr, std::string_view codr) noexcept;

}  // namespace ff::gateway
