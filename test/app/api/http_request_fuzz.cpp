// Targets and bodies of any content: no crash on the way to a gRPC request.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string_view>

#include "app/api/http_gateway.hpp"
#include "app/api/url.hpp"

/// The first line is the target, the rest the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ff::api::HttpRouter router("/api/v3");
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto line = text.substr(0, text.find('\n'));
  ff::api::HttpRequest request{.method = {},
                               .target = std::string(line),
                               .headers = {},
                               .body = std::string(text.substr(line.size()))};
  auto segments = ff::api::split_path(line.substr(0, line.find('?')));
  if (!segments) return 0;
  for (const char* verb : {"GET", "PUT", "POST", "DELETE"}) {
    auto match = router.find(verb, *segments);
    if (match.binding == nullptr) continue;
    auto* factory = google::protobuf::MessageFactory::generated_factory();
    std::unique_ptr<google::protobuf::Message> message(
        factory->GetPrototype(match.binding->method->input_type())->New());
    ff::ignore(ff::api::fill_request(match, request, *message), "both outcomes are fine");
  }
  return 0;
}
