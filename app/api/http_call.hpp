// INTERNAL: one HTTP request as one gRPC call: message out, messages in, written to a sink as they
// come. Not for routing; see http_gateway.hpp.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <mutex>
#include <optional>

#include "app/api/http.hpp"

namespace ff::api {

/// Everything that is said in one way for both unary and streaming methods: a stream of one message
/// is unary.
class HttpCall final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                       public std::enable_shared_from_this<HttpCall> {
 public:
  struct Options {
    std::string method;                                 ///< `/ttn.lorawan.v3.Events/Stream`.
    const google::protobuf::Message* answer = nullptr;  ///< The prototype of answers.
    bool streams = false;
    bool event_stream = false;  ///< The client accepts text/event-stream.
    bool csv = false;           ///< It accepts text/csv, and answers can be lines of it.
  };

  HttpCall(Options options, std::shared_ptr<ResponseSink> sink)
      : options_(std::move(options)), sink_(std::move(sink)) {}

  grpc::ClientContext& context() { return context_; }
  /// Begins the call; it then keeps itself alive until it is over.
  void start(grpc::GenericStub& stub, const google::protobuf::Message& request);

  void OnReadInitialMetadataDone(bool ok) override;
  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  void on_message();
  /// `length`: of the whole answer, if it is one.
  void write_head(int status, bool trailing, std::optional<std::size_t> length = {});
  bool write_answer();
  void write_error(const grpc::Status& status);

  const Options options_;
  const std::shared_ptr<ResponseSink> sink_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer incoming_;
  std::string unary_answer_;
  grpc::Status failure_;  ///< Of our side: an answer that is no JSON.
  bool head_sent_ = false;
  // The first message and the metadata that its head needs are reported by different threads, in
  // any order.
  std::mutex mutex_;
  bool metadata_read_ = false;
  bool message_waits_ = false;
  std::shared_ptr<HttpCall> self_;
};

/// Answers with an error before or instead of a call.
void respond_error(ResponseSink& sink, const grpc::Status& status);
void respond_error(ResponseSink& sink, int http_status, const grpc::Status& status);

}  // namespace ff::api
