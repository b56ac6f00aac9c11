#include "protocol/clock_sync/correction.hpp"

namespace ff::clock_sync {
namespace {

using std::chrono::seconds;

/// By how much the device's clock is behind.
Duration difference(const AppTimeReq& request, GpsTime received) noexcept {
  const auto since_epoch = received.time_since_epoch();
  const auto whole = std::chrono::floor<seconds>(since_epoch);
  // Modulo 2^32, as the device counts.
  const auto behind =
      static_cast<std::int32_t>(static_cast<std::uint32_t>(whole.count()) - request.device_time);
  return seconds(behind) + (since_epoch - whole);
}

}  // namespace

std::optional<AppTimeAns> answer_to(const AppTimeReq& request, GpsTime received,
                                    Duration threshold) noexcept {
  const auto behind = difference(request, received);
  if (!request.ans_required && std::chrono::abs(behind) <= threshold) return std::nullopt;
  const auto whole = std::chrono::duration_cast<seconds>(behind).count();
  return AppTimeAns{static_cast<std::int32_t>(whole), request.token};
}

UtcTime device_time(const AppTimeReq& request, GpsTime near) noexcept {
  return to_utc(near - difference(request, near));
}

}  // namespace ff::clock_sync
