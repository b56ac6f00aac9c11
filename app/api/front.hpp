// The path that every handler of the gRPC server shares: request id, validation, authentication,
// errors, exceptions. No handler has any of it on its own; README.md shows how one is written.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>

#include "app/api/call.hpp"
#include "app/api/call_audit.hpp"
#include "app/api/call_limits.hpp"
#include "app/api/duplex.hpp"
#include "app/api/reply.hpp"
#include "protocol/base/time.hpp"

namespace ff::api {

/// What the front takes from outside. All thread safe; called on threads of the gRPC runtime.
struct FrontPorts {
  std::function<UtcTime()> now;
  std::function<std::string()> new_request_id;  ///< A ULID.
  std::function<std::string()> new_error_id;    ///< 32 hex digits.
  std::shared_ptr<Authenticator> authenticator;
  std::shared_ptr<const net::RateLimiter> rate_limiter;  ///< Null: nobody is limited.
  std::shared_ptr<CallAudit> audit;                      ///< Null: nothing is recorded.
  /// Every call that ends with an error, for logs and metrics. May be empty.
  std::function<void(std::string_view method, const Error& error, std::string_view error_id)>
      on_error;
};

struct Method {
  std::string_view name;  ///< `ttn.lorawan.v3.GatewayRegistry/Get`; a literal.
  Access access = Access::authenticated;
};

/// Outlives all calls.
class Front {
 public:
  explicit Front(FrontPorts ports) : ports_(std::move(ports)), limits_(ports_.rate_limiter) {}

  /// Calls `handler(std::shared_ptr<const Call>, const Request&, Reply<Response>)` when the request
  /// is valid and its caller known. `request` stays valid until the reply is given.
  template <class Request, class Response, class Handler>
  grpc::ServerUnaryReactor* unary(Method method, grpc::CallbackServerContext* context,
                                  const Request* request, Response* response, Handler handler) {
    auto* reactor = context->DefaultReactor();
    auto finish = [reactor](const grpc::Status& status) { reactor->Finish(status); };
    auto audited = audited_call(method, *request, *response);
    Reply<Response> reply(*response, finisher(method.name, finish, audited));
    auto run = [reply, request, handler = std::move(handler)](std::shared_ptr<const Call> call) {
      handler(std::move(call), *request, reply);
    };
    begin({method, Kind::unary, std::move(audited)}, *context, request,
          {[reply](Error error) { reply(fail(std::move(error))); }, std::move(run)});
    return reactor;
  }

  /// The same for server streams: `handler(std::shared_ptr<const Call>, const Request&,
  /// std::shared_ptr<Stream<Response>>)`. `request` is valid during the handler only.
  template <class Response, class Request, class Handler>
  grpc::ServerWriteReactor<Response>* stream(Method method, grpc::CallbackServerContext* context,
                                             const Request* request, Handler handler) {
    auto stream = Stream<Response>::make(
        [this, name = method.name](const Error& error) { return status(name, error); }, context);
    // A copy: authentication may answer when gRPC has dropped the request.
    auto kept = std::make_shared<const Request>(*request);
    auto run = [stream, kept, handler = std::move(handler)](std::shared_ptr<const Call> call) {
      handler(std::move(call), *kept, stream);
    };
    begin({method, Kind::stream, nullptr}, *context, kept.get(),
          {[stream](Error error) { stream->finish(fail(std::move(error))); }, std::move(run)});
    return stream->reactor();
  }

  /// The same for streams in both directions: `handler(std::shared_ptr<const Call>,
  /// std::shared_ptr<Duplex<Request, Response>>)`. What the client sends has not been validated.
  template <class Request, class Response, class Handler>
  grpc::ServerBidiReactor<Request, Response>* duplex(Method method,
                                                     grpc::CallbackServerContext* context,
                                                     Handler handler) {
    auto duplex = Duplex<Request, Response>::make(
        [this, name = method.name](const Error& error) { return status(name, error); });
    auto run = [this, duplex, handler = std::move(handler)](std::shared_ptr<const Call> call) {
      std::string key;
      if (const auto limit = limits_.of_messages(*call, key))
        duplex->limit([limit, key] { return limit.check(key); });
      handler(std::move(call), duplex);
    };
    begin({method, Kind::stream, nullptr}, *context, nullptr,
          {[duplex](Error error) { duplex->finish(fail(std::move(error))); }, std::move(run)});
    return duplex->reactor();
  }

  /// Calls `then` when the audit log has a record of `call`, which is no unary one: at once if
  /// nothing is recorded.
  void record(const Call& call, const google::protobuf::Message& request,
              std::function<void(Status)> then) const;

 private:
  /// A unary call that is recorded, until it is answered.
  struct AuditedCall {
    const google::protobuf::Message& request;
    const google::protobuf::Message& response;
    std::shared_ptr<const Call> begun;  ///< Null: the handler has not been called.
  };
  using AuditedCallPtr = std::shared_ptr<AuditedCall>;
  struct Steps {
    std::function<void(Error)> fail;
    std::function<void(std::shared_ptr<const Call>)> run;
  };

  enum class Kind { unary, stream };
  struct Beginning {
    Method method;
    Kind kind;
    AuditedCallPtr audited;
  };
  /// `maybe_request` null: there is none to validate.
  void begin(Beginning beginning, grpc::CallbackServerContext& context,
             const google::protobuf::Message* maybe_request, Steps steps) const;
  /// Validation, then limits.
  Status admit(Kind kind, const Call& call, const google::protobuf::Message* maybe_request,
               grpc::CallbackServerContext& context) const;
  grpc::Status status(std::string_view method, const Error& error) const;
  /// Null: the call is not recorded.
  AuditedCallPtr audited_call(const Method& method, const google::protobuf::Message& request,
                              const google::protobuf::Message& response) const;
  /// Ends a call with the status of a result, when that is recorded.
  Finisher finisher(std::string_view method, std::function<void(const grpc::Status&)> finish,
                    AuditedCallPtr audited) const;
  /// Runs the handler when the intent is recorded.
  void run(const std::shared_ptr<Call>& call, const AuditedCallPtr& audited,
           const Steps& steps) const;

  FrontPorts ports_;
  CallLimits limits_;
};

}  // namespace ff::api
