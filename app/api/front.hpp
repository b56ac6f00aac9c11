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
#include "net/address/address_block.hpp"
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
  /// Whose word on a client's address is believed.
  std::vector<net::AddressBlock> trusted_proxies = {};
  /// Calls that are not limited. May be empty: there are none.
  std::function<bool(const Call&)> is_unlimited = nullptr;
  /// Every call that ends with an error, for logs and metrics. May be empty.
  std::function<void(std::string_view method, const Error& error, std::string_view error_id)>
      on_error;
  /// Every call that begins, and how it ends. May be empty; must not block.
  std::function<void(std::string_view method)> on_started = nullptr;
  std::function<void(std::string_view method, grpc::StatusCode code)> on_handled = nullptr;
  /// Every message that has come from a client, and that has left for one: of streams each, else
  /// the request, and the answer that is no error. May be empty; must not block.
  std::function<void(std::string_view method)> on_received = nullptr;
  std::function<void(std::string_view method)> on_sent = nullptr;
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
    auto finish = [reactor, handled = handled(method, CallType::unary),
                   sent = counter(ports_.on_sent, method)](const grpc::Status& status) {
      if (status.ok()) sent();
      handled(status);
      reactor->Finish(status);
    };
    auto audited = audited_call(method, *request, *response);
    Reply<Response> reply(*response, finisher(method.name, finish, audited));
    auto run = [reply, request, handler = std::move(handler)](std::shared_ptr<const Call> call) {
      handler(std::move(call), *request, reply);
    };
    // The context stays until the reply is given.
    auto tell = [context](const char* name, const std::string& value) {
      context->AddInitialMetadata(name, value);
    };
    begin(
        {method, CallType::unary, std::move(audited)}, *context, request,
        {[reply](Error error) { reply(fail(std::move(error))); }, std::move(run), std::move(tell)});
    return reactor;
  }

  /// The same for server streams: `handler(std::shared_ptr<const Call>, const Request&,
  /// std::shared_ptr<Stream<Response>>)`. `request` is valid during the handler only.
  template <class Response, class Request, class Handler>
  grpc::ServerWriteReactor<Response>* stream(Method method, grpc::CallbackServerContext* context,
                                             const Request* request, Handler handler) {
    auto stream = Stream<Response>::make(
        [this, name = method.name](const Error& error) { return status(name, error); }, context);
    stream->on_end(handled(method, CallType::server_stream));
    stream->on_sent(counter(ports_.on_sent, method));
    // A copy: authentication may answer when gRPC has dropped the request.
    auto kept = std::make_shared<const Request>(*request);
    auto run = [stream, kept, handler = std::move(handler)](std::shared_ptr<const Call> call) {
      handler(std::move(call), *kept, stream);
    };
    auto tell = [stream, context](const char* name, const std::string& value) {
      stream->before_begin([&] { context->AddInitialMetadata(name, value); });
    };
    begin({method, CallType::server_stream, nullptr}, *context, kept.get(),
          {[stream](Error error) { stream->finish(fail(std::move(error))); }, std::move(run),
           std::move(tell)});
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
    duplex->on_end(handled(method, CallType::bidi_stream));
    duplex->on_messages(counter(ports_.on_received, method), counter(ports_.on_sent, method));
    auto run = [this, duplex, handler = std::move(handler)](std::shared_ptr<const Call> call) {
      std::string key;
      if (const auto limit = limits_.of_messages(*call, key))
        duplex->limit([limit, key] { return limit.check(key); });
      handler(std::move(call), duplex);
    };
    auto tell = [duplex, context](const char* name, const std::string& value) {
      duplex->before_begin([&] { context->AddInitialMetadata(name, value); });
    };
    begin({method, CallType::bidi_stream, nullptr}, *context, nullptr,
          {[duplex](Error error) { duplex->finish(fail(std::move(error))); }, std::move(run),
           std::move(tell)});
    return duplex->reactor();
  }

  /// Calls `then` when the audit log has a record of `call`, which is no unary one: at once if
  /// nothing is recorded.
  void record(const Call& call, const google::protobuf::Message& request,
              std::function<void(Status)> then) const;

 private:
  enum class CallType : std::uint8_t { unary, server_stream, bidi_stream };
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
    /// Adds metadata to the answer, unless that has begun. The call's context is touched nowhere
    /// else after authentication: a client that has left meanwhile takes it along.
    CallLimits::Tell tell;
  };

  struct Beginning {
    Method method;
    CallType type;
    AuditedCallPtr audited;
  };
  /// `maybe_request` null: there is none to validate.
  void begin(Beginning beginning, grpc::CallbackServerContext& context,
             const google::protobuf::Message* maybe_request, Steps steps) const;
  /// Limits, of callers who are known or not.
  Status admit(CallType type, const Call& call, const google::protobuf::Message* maybe_request,
               const Steps& steps) const;
  grpc::Status status(std::string_view method, const Error& error) const;
  /// Counts that a call begins, with its request if it has one; what is given counts its end.
  std::function<void(const grpc::Status&)> handled(const Method& method, CallType type) const;
  /// Counts one message per call. `port` outlives it.
  static std::function<void()> counter(const std::function<void(std::string_view)>& port,
                                       const Method& method);
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
