// One request against one device's record: what becomes of the record, who is answered what, which
// events follow. Pure.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/events/event.hpp"
#include "actors/join_server/join.hpp"
#include "storage/keys/shard.hpp"

namespace ff::join_server {

using Request = std::variant<HandleJoin, GetAppSKey, GetNwkSKeys, GetHomeNetwork, GetJoinDevice,
                             ChangeJoinDevice, DeleteJoinDevice>;
storage::JoinKey key_of(const Request& request);
/// Answers `request` with `error`.
void refuse(const Request& request, const Error& error);

using DevicePtr = std::shared_ptr<const JoinDevice>;

struct Step {
  /// What to make durable before `answer`: nothing, if the record stays; null, if it is deleted.
  std::optional<DevicePtr> write;
  /// Gives the asker the outcome; called once, when `write` is durable.
  std::function<void()> answer;
  /// Published after the answer.
  std::vector<events::Event> events;
  /// Why the request was refused, for metrics; `write` is nothing then.
  std::optional<Error> error;
};
/// `current` is null if there is no such device. A join has passed check_join_request.
Step step(const DevicePtr& current, const Request& request, const Config& config,
          const JoinInputs& inputs);

/// The same for a join that has asked a crypto server: what became of it.
Step joined_step(const HandleJoin& request, Result<Joined> joined, UtcTime now);

/// The event of a refused join: it names no device, because it may be anyone's. [spec join-server
/// §2]
events::Event join_rejected(const HandleJoin& request, const Error& error, UtcTime now);

}  // namespace ff::join_server
