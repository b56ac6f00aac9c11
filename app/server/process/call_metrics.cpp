#include "app/server/process/call_metrics.hpp"

#include <google/protobuf/descriptor.h>

#include "app/api/services.hpp"

namespace ff::app {
namespace {

using google::protobuf::MethodDescriptor;

/// As the reference's library calls them.
const char* type_of(const MethodDescriptor& method) {
  if (method.client_streaming()) return method.server_streaming() ? "bidi_stream" : "client_stream";
  return method.server_streaming() ? "server_stream" : "unary";
}

constexpr std::array<const char*, 17> code_names{
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

struct Name {
  const char* name;
  const char* help;
};
constexpr std::array<Name, 3> message_names{{
    {"grpc_server_started_total", "Calls that have begun."},
    {"grpc_server_msg_received_total", "Messages that callers have sent."},
    {"grpc_server_msg_sent_total", "Messages that callers were sent."},
}};

/// Two threads that come first make the same counter.
template <class Make>
void increment(std::atomic<prometheus::Counter*>& place, const Make& make) {
  auto* counter = place.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &make();
    place.store(counter, std::memory_order_release);
  }
  counter->Increment();
}

}  // namespace

CallMetrics::CallMetrics(actors::Metrics& metrics)
    : metrics_(metrics), unknown_(std::make_unique<Series>()) {
  unknown_->labels = {
      {"grpc_type", "unary"}, {"grpc_service", "unknown"}, {"grpc_method", "unknown"}};
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const auto service_name : api::service_names()) {
    const auto* service = pool->FindServiceByName(std::string(service_name));
    if (service == nullptr) continue;
    for (int i = 0; i < service->method_count(); ++i) {
      const auto& method = *service->method(i);
      auto series = std::make_unique<Series>();
      series->name = service->full_name() + "/" + method.name();
      series->labels = {{"grpc_type", type_of(method)},
                        {"grpc_service", service->full_name()},
                        {"grpc_method", method.name()}};
      const std::string_view key = series->name;
      methods_.emplace(key, std::move(series));
    }
  }
}

CallMetrics::Series& CallMetrics::series_of(std::string_view method) const {
  const auto found = methods_.find(method);
  return found == methods_.end() ? *unknown_ : *found->second;
}

void CallMetrics::count(std::string_view method, Fact fact) {
  auto& series = series_of(method);
  const auto index = static_cast<std::size_t>(fact);
  increment(series.messages.at(index), [&]() -> prometheus::Counter& {
    const auto& [name, help] = message_names.at(index);
    return metrics_.counter(name, help, series.labels);
  });
}

void CallMetrics::handled(std::string_view method, grpc::StatusCode code) {
  auto& series = series_of(method);
  const auto known = code >= 0 && static_cast<std::size_t>(code) < codes;
  const auto index = static_cast<std::size_t>(known ? code : grpc::StatusCode::UNKNOWN);
  increment(series.ends.at(index), [&]() -> prometheus::Counter& {
    auto labels = series.labels;
    labels.emplace("grpc_code", code_names.at(index));
    return metrics_.counter("grpc_server_handled_total", "Calls that have ended.", labels);
  });
}

}  // namespace ff::app
