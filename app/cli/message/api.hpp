// Methods and messages of the API by their names, from the descriptors that are linked in.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace google::protobuf {
class Descriptor;
class Message;
class MethodDescriptor;
}  // namespace google::protobuf

namespace ff::cli {

/// The method of `ApplicationRegistry/Get` (of ttn.lorawan.v3) or of a full name,
/// `farfield.v1.NsEndDeviceInspection/GetDecisions`. Asserts that there is one.
const google::protobuf::MethodDescriptor& method_of(std::string_view name);

/// `ttn.lorawan.v3.ApplicationRegistry/Get`.
std::string full_name(const google::protobuf::MethodDescriptor& method);

std::unique_ptr<google::protobuf::Message> make_message(const google::protobuf::Descriptor& type);

}  // namespace ff::cli
