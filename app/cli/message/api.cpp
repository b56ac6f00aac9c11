#include "app/cli/message/api.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "protocol/base/assert.hpp"

namespace ff::cli {

using google::protobuf::DescriptorPool;
using google::protobuf::MessageFactory;

const google::protobuf::MethodDescriptor& method_of(std::string_view name) {
  const auto slash = name.find('/');
  std::string full(name.substr(0, slash));
  if (full.find('.') == std::string::npos) full.insert(0, "ttn.lorawan.v3.");
  full += "." + std::string(name.substr(slash + 1));
  const auto* method = DescriptorPool::generated_pool()->FindMethodByName(full);
  FF_ASSERT(method != nullptr);
  return *method;
}

std::string full_name(const google::protobuf::MethodDescriptor& method) {
  return method.service()->full_name() + "/" + method.name();
}

std::unique_ptr<google::protobuf::Message> make_message(const google::protobuf::Descriptor& type) {
  return std::unique_ptr<google::protobuf::Message>(
      MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

}  // namespace ff::cli
