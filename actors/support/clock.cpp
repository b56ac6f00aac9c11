#include "actors/support/clock.hpp"

namespace ff::actors {
namespace {

class SystemClock final : public Clock {
 public:
  Instant now() const noexcept override {
    return {UtcTime{std::chrono::system_clock::now().time_since_epoch()},
            MonoTime{std::chrono::steady_clock::now().time_since_epoch()}};
  }
};

}  // namespace

std::shared_ptr<const Clock> make_system_clock() {
  return std::make_shared<SystemClock>();
}

}  // namespace ff::actors
