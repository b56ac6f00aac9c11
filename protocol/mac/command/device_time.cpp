#include "protocol/mac/command/device_time.hpp"

#include "protocol/mac/command/exchange.hpp"

namespace ff::mac {

/// The time at the end of the uplink, in GPS seconds and 1/256 s. [TS001-1.0.4 §5.11]
void answer_device_time(UplinkExchange& exchange, const Reception& reception) {
  const Duration since_epoch = to_gps(reception.at).time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto fraction = (since_epoch - seconds).count() * 256 / 1'000'000'000;
  exchange.respond(DeviceTimeAns{static_cast<std::uint32_t>(seconds.count()),
                                 static_cast<std::uint8_t>(fraction)},
                   EventName::device_time_answer);
}

}  // namespace ff::mac
