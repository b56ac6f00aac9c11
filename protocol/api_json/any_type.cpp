#include "protocol/api_json/any_type.hpp"

#include <google/protobuf/descriptor.h>

#include <string>

namespace ff::api_json {

std::unique_ptr<google::protobuf::Message> make_any_content(std::string_view type_url) {
  auto slash = type_url.rfind('/');
  if (slash == std::string_view::npos) return nullptr;
  std::string name(type_url.substr(slash + 1));
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  if (type == nullptr) return nullptr;
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  const auto* prototype = factory->GetPrototype(type);
  return std::unique_ptr<google::protobuf::Message>(prototype ? prototype->New() : nullptr);
}

}  // namespace ff::api_json
