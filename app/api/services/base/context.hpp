// What every service of the API has at hand: the common path, rights, the way to actors. Not who
// they ask (register.hpp).
#pragma once

#include <google/protobuf/field_mask.pb.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/api/front.hpp"
#include "app/api/services/base/asker.hpp"
#include "app/api/services/base/rights.hpp"
#include "protocol/base/random.hpp"

namespace ff::api {

using Paths = std::vector<std::string>;
/// A generator fit for keys; any thread.
using MakeRandom = std::function<std::unique_ptr<Random>()>;

struct ServiceContext {
  Front& front;
  Asker asker;
  RightsOf rights;
  std::function<UtcTime()> now;

  /// Calls `then` if the caller has on `entity` what the method needs for these paths; else answers
  /// why not.
  template <class Response>
  void authorized(const std::shared_ptr<const Call>& call, const storage::EntityKey& entity,
                  const Paths& paths, const Reply<Response>& reply,
                  std::function<void()> then) const {
    permitted(call, entity, needed_rights(call->method, paths), reply, std::move(then));
  }

  /// Likewise, if the rights are not a matter of method and paths alone.
  template <class Response>
  void permitted(const std::shared_ptr<const Call>& call, const storage::EntityKey& entity,
                 RightSet needed, const Reply<Response>& reply, std::function<void()> then) const {
    require(call, entity, std::move(needed), [reply, then = std::move(then)](Status status) {
      if (!status) return reply(fail(std::move(status).error()));
      then();
    });
  }

  void require(const std::shared_ptr<const Call>& call, const storage::EntityKey& entity,
               RightSet needed, std::function<void(Status)> then) const;
};

storage::EntityKey application_key(const std::string& application_id);
storage::EntityKey gateway_key(const std::string& gateway_id);
storage::EntityKey device_key(const std::string& application_id, const std::string& device_id);

Paths paths_of(const google::protobuf::FieldMask& mask);
/// The paths with those that every answer has: ids and times.
Paths answer_paths(const google::protobuf::FieldMask& mask);
/// The paths without ids and times, which nobody sets.
Paths change_paths(const google::protobuf::FieldMask& mask);

void keep_only(const Paths& paths, google::protobuf::Message& message);
/// `message` with only what was asked for. The paths have been validated.
template <class Message>
Message masked(Message message, const Paths& paths) {
  keep_only(paths, message);
  return message;
}
}  // namespace ff::api
