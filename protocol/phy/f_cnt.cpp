#include "protocol/phy/f_cnt.hpp"

namespace ff::phy {

FCnt32 extend(FCnt32 last, FCnt16 seen, bool supports_32_bit_f_cnt) noexcept {
  if (!supports_32_bit_f_cnt) return FCnt32{seen.value()};
  const std::uint32_t high = last.value() & 0xffff0000U;
  const bool rolled_over = seen < low_half(last);
  const bool can_increment = high != 0xffff0000U;
  return FCnt32{(rolled_over && can_increment ? high + 0x10000U : high) | seen.value()};
}

bool gap_allowed(MacVersion version, FCnt32 last, FCnt32 full) noexcept {
  if (at_least(version, MacVersion::v1_0_4) || full <= last) return true;
  return full.value() - last.value() <= f_cnt_gap_max;
}

}  // namespace ff::phy
