// ApplicationSlots: how many clients each application has connected, with a bound, so that one
// cannot take all connections of a listener. Not the connections themselves.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>

#include "protocol/base/result.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::application_server {

inline constexpr ErrorDef too_many_clients{"pkg/applicationserver/io/mqtt", "too_many_clients",
                                           Code::resource_exhausted,
                                           "the application has `{max}` clients connected"};

/// Any thread. Held by shared_ptr, because a slot may be the last to know it.
class ApplicationSlots : public std::enable_shared_from_this<ApplicationSlots> {
 public:
  /// `max` 0 is no bound.
  explicit ApplicationSlots(std::size_t max) : max_(max) {}

  /// A slot that is free again when the last copy is dropped. Errors: too_many_clients.
  Result<std::shared_ptr<void>> take(const ApplicationId& application_id);

 private:
  void release(const ApplicationId& application_id);

  const std::size_t max_;
  std::mutex mutex_;
  std::map<ApplicationId, std::size_t> taken_;
};

}  // namespace ff::application_server
