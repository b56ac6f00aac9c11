#include "actors/gateway_server/connection/uplink_budget.hpp"

namespace ff::gateway_server {

struct UplinkBudget::Counted {
  Counted(std::shared_ptr<UplinkBudget> owner, std::shared_ptr<const UplinkFrame> counted)
      : budget(std::move(owner)), frame(std::move(counted)) {
    budget->under_way_.fetch_add(1, std::memory_order_relaxed);
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { budget->under_way_.fetch_sub(1, std::memory_order_relaxed); }

  std::shared_ptr<UplinkBudget> budget;
  std::shared_ptr<const UplinkFrame> frame;
};

bool UplinkBudget::refuses(std::size_t frames) noexcept {
  const auto now = under_way_.load(std::memory_order_relaxed);
  probe_.depth.Set(static_cast<double>(now));
  if (now < frames_max_) return false;
  probe_.dropped.Increment(static_cast<double>(frames));
  return true;
}

std::shared_ptr<const UplinkFrame> UplinkBudget::count(std::shared_ptr<const UplinkFrame> frame) {
  const auto* bare = frame.get();
  auto counted = std::make_shared<const Counted>(shared_from_this(), std::move(frame));
  return {std::move(counted), bare};
}

}  // namespace ff::gateway_server
