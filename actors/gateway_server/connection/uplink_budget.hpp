// How many uplinks may be on their way from gateways to the store. What lies behind a connection
// (windows, sessions, pipelines, the committer's group) has no bound of its own: it is bounded
// here, at the edge. Not rate limits of single gateways (frontend_udp).
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "actors/support/metrics.hpp"
#include "protocol/types/frames.hpp"

namespace ff::gateway_server {

/// Any thread. Shared by all connections; frames keep it alive.
class UplinkBudget : public std::enable_shared_from_this<UplinkBudget> {
 public:
  UplinkBudget(std::size_t frames_max, actors::Metrics& metrics)
      : frames_max_(frames_max), probe_(metrics, "uplinks") {}

  /// As many are on their way as may be: what comes now is dropped. Counts `frames` as dropped
  /// then.
  bool refuses(std::size_t frames) noexcept;
  /// The frame, counted until its last owner lets go of it: when its window is over and its commit
  /// is durable, or when it was dropped.
  std::shared_ptr<const UplinkFrame> count(std::shared_ptr<const UplinkFrame> frame);

  std::size_t under_way() const noexcept { return under_way_; }

 private:
  struct Counted;

  const std::size_t frames_max_;
  std::atomic<std::size_t> under_way_{0};
  actors::QueueProbe probe_;
};

}  // namespace ff::gateway_server
