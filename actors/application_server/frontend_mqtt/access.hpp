// Access: who may connect as which application. The identity server implements it; tests have one
// in memory.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "actors/support/reply.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::application_server {

/// What an API key or access token allows on one application. Any right at all allows to connect.
struct ApplicationRights {
  bool traffic_read = false;
  bool traffic_down_write = false;
  bool operator==(const ApplicationRights&) const = default;
};

/// Port. Any thread; does not block.
class Access {
 public:
  virtual ~Access() = default;
  /// The rights of `secret` (API key or access token) on the application. Errors: unauthenticated,
  /// permission_denied, not_found, resource_exhausted.
  virtual void authenticate(const ApplicationId& application_id, const std::string& secret,
                            actors::Reply<ApplicationRights> reply) = 0;
  /// The rights of who has shown the application's certificate: to read its traffic and to send
  /// downlinks, if it is there. Errors: not_found, unavailable.
  virtual void certified(const ApplicationId& application_id,
                         actors::Reply<ApplicationRights> reply) = 0;
};

inline constexpr ErrorDef not_authorized{"pkg/applicationserver/io/mqtt", "not_authorized",
                                         Code::permission_denied, "not authorized"};

/// Keys given by the test or, on a single machine, by configuration. An application is there that
/// has one.
class MemoryAccess final : public Access {
 public:
  void allow(const ApplicationId& application_id, const std::string& secret,
             ApplicationRights rights) {
    const std::lock_guard lock(mutex_);
    rights_[{application_id, secret}] = rights;
  }
  void forget(const ApplicationId& application_id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(rights_, [&](const auto& one) { return one.first.first == application_id; });
  }
  void authenticate(const ApplicationId& application_id, const std::string& secret,
                    actors::Reply<ApplicationRights> reply) override {
    reply(find(application_id, secret));
  }
  void certified(const ApplicationId& application_id,
                 actors::Reply<ApplicationRights> reply) override {
    const std::lock_guard lock(mutex_);
    const auto found = rights_.lower_bound({application_id, {}});
    if (found == rights_.end() || found->first.first != application_id)
      return reply(fail(not_authorized));
    reply(ApplicationRights{.traffic_read = true, .traffic_down_write = true});
  }

 private:
  Result<ApplicationRights> find(const ApplicationId& application_id,
                                 const std::string& secret) const {
    const std::lock_guard lock(mutex_);
    const auto found = rights_.find({application_id, secret});
    if (found == rights_.end()) return fail(not_authorized);
    return found->second;
  }
  mutable std::mutex mutex_;
  std::map<std::pair<ApplicationId, std::string>, ApplicationRights> rights_;
};

}  // namespace ff::application_server
