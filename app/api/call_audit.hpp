// The audit log as the path of calls needs it: told before a call that changes something is
// handled, and before its caller is answered. Not the log (actors/audit), nor what is recorded
// (app/api/services/audit).
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::api {

struct Call;

/// What one call changes, as told by whoever decides the change. Thread safe; does not block.
class AuditTrail {
 public:
  virtual ~AuditTrail() = default;
  /// `entity`, such as `application:app`, was `before` (null: there was none) and is `after` (null:
  /// it is gone), of the same type. Counts if the call succeeds; the last word on an entity's part
  /// (its message type) counts, because a decision may be made again.
  virtual void changed(const std::string& entity, const google::protobuf::Message* before,
                       const google::protobuf::Message* after) = 0;
};

/// Port to the audit log. Thread safe; answers once, now or later, on any thread.
class CallAudit {
 public:
  using Continuation = std::function<void(Status)>;

  virtual ~CallAudit() = default;
  /// False: calls of the method are not recorded, whatever they answer.
  virtual bool concerns(std::string_view method,
                        const google::protobuf::Descriptor& response) const = 0;
  /// Before the handler; may set `call.trail`. Error: the call must not be handled.
  virtual void begin(Call& call, const google::protobuf::Message& request, Continuation then) = 0;
  /// After the handler, before the caller is answered with `outcome`, and `response` if that is no
  /// error. Error: the record may be lost, and the caller gets no answer but this.
  virtual void end(const Call& call, const google::protobuf::Message& request,
                   const Status& outcome, const google::protobuf::Message& response,
                   Continuation then) = 0;
  /// For what is no unary call: a record of `call` with what `request` says, durable before `then`
  /// is called.
  virtual void record(const Call& call, const google::protobuf::Message& request,
                      Continuation then) = 0;
};

}  // namespace ff::api
