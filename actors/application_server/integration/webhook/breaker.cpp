#include "actors/application_server/integration/webhook/breaker.hpp"

#include <algorithm>

namespace ff::application_server::webhook {

Duration back_off(const DeliveryConfig& config, std::uint64_t times, Random& random) {
  auto delay = std::min(config.retry_delay, config.retry_delay_max);
  for (std::uint64_t i = 0; i < times && delay < config.retry_delay_max; ++i) delay *= 2;
  delay = std::min(delay, config.retry_delay_max);
  const auto share = static_cast<std::uint64_t>(delay.count()) / 100 * config.retry_jitter;
  // Around the delay, so that many of them spread without becoming slower.
  return delay - Duration(share) + Duration(random.below(2 * share + 1));
}

void Breaker::success() noexcept {
  failures_ = 0;
  open_ = false;
}

void Breaker::failure(MonoTime now, Random& random) {
  ++failures_;
  if (failures_ < threshold()) return;
  open_ = true;
  retry_at_ =
      now + (config_.blocks_unhealthy() ? config_.unhealthy_retry
                                        : back_off(config_, failures_ - threshold(), random));
}

void Breaker::restore(std::uint64_t failures, MonoTime retry_at) noexcept {
  failures_ = failures;
  open_ = failures >= threshold();
  retry_at_ = retry_at;
}

}  // namespace ff::application_server::webhook
