#include "app/api/http_call.hpp"

#include <vector>

#include "app/api/http_metadata.hpp"
#include "app/api/status.hpp"
#include "app/api/up_csv.hpp"
#include "protocol/api_json/api_json.hpp"

namespace ff::api {
namespace {

bool parse(const grpc::ByteBuffer& buffer, google::protobuf::Message& message) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return false;
  std::string bytes;
  bytes.reserve(buffer.Length());
  for (const auto& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return message.ParseFromString(bytes);
}

/// Of an answer that is no stream: it says its length, so that it may be compressed.
HttpHeaders whole_json(std::size_t size) {
  return {{"Content-Type", "application/json"}, {"Content-Length", std::to_string(size)}};
}

bool is_printable(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

}  // namespace

void HttpCall::start(grpc::GenericStub& stub, const google::protobuf::Message& request) {
  grpc::Slice slice(request.SerializeAsString());
  request_ = grpc::ByteBuffer(&slice, 1);
  self_ = shared_from_this();
  // Cancelling is without effect when the call is over.
  sink_->on_disconnect([weak = weak_from_this()] {
    if (auto call = weak.lock()) call->context_.TryCancel();
  });
  stub.PrepareBidiStreamingCall(&context_, options_.method, {}, this);
  StartWriteLast(&request_, grpc::WriteOptions());
  // From the beginning: the in-process transport loses a message that nobody waits for when the
  // status arrives.
  StartRead(&incoming_);
  StartCall();
}

void HttpCall::OnReadInitialMetadataDone(bool ok) {
  {
    std::scoped_lock lock(mutex_);
    if (ok && options_.streams && !message_waits_ && is_open(context_)) write_head(200, false);
    metadata_read_ = ok;
    if (!message_waits_) return;
  }
  if (ok) on_message();
}

void HttpCall::OnReadDone(bool ok) {
  if (!ok) return;
  {
    std::scoped_lock lock(mutex_);
    message_waits_ = !metadata_read_;
    if (message_waits_) return;
  }
  on_message();
}

void HttpCall::on_message() {
  if (!write_answer()) return context_.TryCancel();
  // The call must not be over when the client has taken what it got.
  AddHold();
  sink_->when_room([self = shared_from_this()] {
    self->StartRead(&self->incoming_);
    self->RemoveHold();
  });
}

bool HttpCall::write_answer() {
  std::unique_ptr<google::protobuf::Message> message(options_.answer->New());
  auto json = parse(incoming_, *message)
                  ? api_json::to_json(*message)
                  : Result<std::string>(fail(api_json::not_encodable, {{"reason", "malformed"}}));
  if (!json) {
    failure_ = to_grpc(json.error(), "");
    return false;
  }
  if (!options_.streams) {
    unary_answer_ = std::move(*json);
    return true;
  }
  if (!head_sent_) write_head(200, false);
  if (options_.csv) return sink_->body(csv_line(*message));
  return sink_->body("{\"result\":" + *json + (options_.event_stream ? "}\n\n" : "}\n"));
}

void HttpCall::write_head(int status, bool trailing, std::optional<std::size_t> length) {
  HttpHeaders headers;
  bool events = options_.streams && options_.event_stream && status == 200;
  const bool csv = options_.csv && status == 200;
  headers.emplace_back("Content-Type", csv      ? "text/csv; charset=utf-8; header=present"
                                       : events ? "text/event-stream"
                                                : "application/json");
  if (length) headers.emplace_back("Content-Length", std::to_string(*length));
  add_headers(context_, trailing, headers);
  sink_->head(status, headers);
  head_sent_ = true;
  if (csv) sink_->body(csv_head());
}

void HttpCall::write_error(const grpc::Status& status) {
  if (head_sent_ && options_.csv) {
    // No line of the table: whoever reads on would take it for whole.
    sink_->body("#error:" + error_json(status) + "\r\n");
    return;
  }
  if (head_sent_) {
    sink_->body("{\"error\":" + error_json(status) + (options_.event_stream ? "}\n\n" : "}\n"));
    return;
  }
  const auto json = error_json(status);
  auto headers = whole_json(json.size());
  add_headers(context_, true, headers);
  if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED &&
      is_printable(status.error_message()))
    headers.emplace_back("WWW-Authenticate", status.error_message());
  sink_->head(http_status(status.error_code()), headers);
  sink_->body(json);
}

void HttpCall::OnDone(const grpc::Status& status) {
  // Also keeps `this` until the end of this function.
  auto self = std::move(self_);
  if (!failure_.ok()) {
    write_error(failure_);
  } else if (!status.ok()) {
    write_error(status);
  } else {
    if (!options_.streams) {
      write_head(200, true, unary_answer_.size());
      sink_->body(unary_answer_);
    } else if (!head_sent_) {
      write_head(200, true);
    }
  }
  sink_->end();
}

void respond_error(ResponseSink& sink, int http_status, const grpc::Status& status) {
  const auto json = error_json(status);
  sink.head(http_status, whole_json(json.size()));
  sink.body(json);
  sink.end();
}

void respond_error(ResponseSink& sink, const grpc::Status& status) {
  respond_error(sink, http_status(status.error_code()), status);
}

}  // namespace ff::api
