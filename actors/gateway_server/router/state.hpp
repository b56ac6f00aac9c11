// The downlinks that look for a gateway: each tries its paths in order until one accepts.
// Not the schedule: every connection decides for its gateway. Pure.
#pragma once

#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "actors/gateway_server/router/interface.hpp"

namespace ff::gateway_server {

/// The router's own number for a connection; never used again for another.
using ConnectionNumber = Strong<struct ConnectionNumberTag, std::uint64_t>;

/// Ask this gateway.
struct TryPath {
  std::uint64_t attempt = 0;
  GatewayId gateway_id;
  std::size_t path = 0;
  std::shared_ptr<const DownlinkFrame> frame;
};
/// Tell the asker.
struct AnswerDownlink {
  actors::Reply<ScheduledDownlink> reply;
  Result<ScheduledDownlink> answer;
};
using DownlinkStep = std::variant<TryPath, AnswerDownlink>;

class RouterState {
 public:
  /// Downlinks without an answer at once; more are refused.
  static constexpr std::size_t attempts_max = 65'536;

  DownlinkStep start(const ScheduleDownlink& request);
  /// Nothing for an attempt that is over.
  std::optional<DownlinkStep> answered(const PathAnswered& message);
  /// The question of a TryPath is on its way to `connection`.
  void asked(std::uint64_t attempt, ConnectionNumber connection);
  /// A connection has ended: what waited for its answer goes on. Not what a newer connection of the
  /// same gateway was asked, which would be sent twice.
  std::vector<DownlinkStep> connection_gone(ConnectionNumber connection);
  std::size_t waiting() const noexcept { return attempts_.size(); }

 private:
  struct Attempt {
    ScheduleDownlink request;
    std::size_t path = 0;
    GatewayId gateway_id;
    std::vector<Error> errors;
    std::optional<ConnectionNumber> asked;
  };
  DownlinkStep go_on(std::uint64_t id, Attempt& attempt);
  DownlinkStep refused(std::uint64_t id, Attempt& attempt, const Error& error);

  std::unordered_map<std::uint64_t, Attempt> attempts_;
  std::uint64_t last_id_ = 0;
};

}  // namespace ff::gateway_server
