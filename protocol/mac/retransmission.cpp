#include "protocol/mac/retransmission.hpp"

#include <algorithm>

namespace ff::mac {
namespace {

bool same_frame(const RecentUplink& a, const RecentUplink& b) {
  return a.is_data && b.is_data && a.f_cnt == b.f_cnt && a.confirmed == b.confirmed &&
         a.payload_hash == b.payload_hash;
}

}  // namespace

bool repeats_last(const MacState& state, const RecentUplink& uplink) noexcept {
  return !state.recent_uplinks.empty() && same_frame(state.recent_uplinks.front(), uplink);
}

RepetitionVerdict judge_repetition(const MacState& state, const RecentUplink& uplink,
                                   std::uint32_t confirmed_transmissions_max) noexcept {
  // From 1.0.4 on NbTrans counts for confirmed frames too. [TS001-1.0.4 §4.3.1.1]
  const bool fixed_limit = uplink.confirmed && !at_least(state.lorawan_version, MacVersion::v1_0_4);
  RepetitionVerdict verdict;
  verdict.allowed = fixed_limit ? confirmed_transmissions_max
                                : std::max<std::uint32_t>(state.current.adr_nb_trans, 1);
  const auto& recent = state.recent_uplinks;
  if (recent.empty() || !recent.front().is_data || recent.front().f_cnt != uplink.f_cnt)
    return verdict;
  const auto end = std::ranges::find_if_not(
      recent, [&](const RecentUplink& earlier) { return same_frame(earlier, uplink); });
  verdict.transmission = static_cast<std::uint32_t>(end - recent.begin()) + 1;
  if (verdict.transmission == 1) {
    verdict.repetition = Repetition::other_payload;
  } else {
    verdict.repetition =
        verdict.transmission > verdict.allowed ? Repetition::too_often : Repetition::repeated;
  }
  return verdict;
}

}  // namespace ff::mac
