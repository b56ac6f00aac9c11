#include "app/api/call_limits.hpp"

#include <google/protobuf/descriptor.h>

#include <array>
#include <utility>

#include "net/address/network_of.hpp"

namespace ff::api {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// A request, its entity, the entity's identifiers, and those of an oneof.
constexpr int depth_max = 4;

/// Identifier messages and the word for what they identify.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> identifiers{{
    {"ApplicationIdentifiers", "application"},
    {"ClientIdentifiers", "client"},
    {"EndDeviceIdentifiers", "end device"},
    {"GatewayIdentifiers", "gateway"},
    {"OrganizationIdentifiers", "organization"},
    {"UserIdentifiers", "user"},
}};

/// `my-app.my-device`, `my-gateway`.
std::string uid_of(const Message& ids) {
  const auto* descriptor = ids.GetDescriptor();
  const auto& reflection = *ids.GetReflection();
  const auto text_of = [&](const Message& message, const char* name) {
    const auto* field = message.GetDescriptor()->FindFieldByName(name);
    return field != nullptr ? message.GetReflection()->GetString(message, field) : std::string();
  };
  if (const auto* application = descriptor->FindFieldByName("application_ids"))
    return text_of(reflection.GetMessage(ids, application), "application_id") + "." +
           text_of(ids, "device_id");
  return reflection.GetString(ids, descriptor->field(0));
}

/// Fields in the order of their declaration: what a request is about comes first.
std::string find_entity(const Message& message, int depth) {
  const auto* descriptor = message.GetDescriptor();
  for (const auto& [name, word] : identifiers) {
    if (descriptor->name() == name) return std::string(word) + ":" + uid_of(message);
  }
  if (depth == depth_max) return {};
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!reflection.HasField(message, field)) continue;
    auto entity = find_entity(reflection.GetMessage(message, field), depth + 1);
    if (!entity.empty()) return entity;
  }
  return {};
}

Status check(const net::RateLimit& limit, std::string key, const Call& call,
             const CallLimits::Tell& tell) {
  key += caller_key(call.auth, call.remote_address);
  const auto verdict = limit.take(key);
  const auto seconds = [](Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
  };
  tell("x-rate-limit-limit", std::to_string(verdict.limit));
  tell("x-rate-limit-available", std::to_string(verdict.available));
  tell("x-rate-limit-reset", seconds(verdict.reset));
  tell("x-rate-limit-retry", seconds(verdict.retry));
  if (!verdict.allowed) return fail(limit.exceeded(key));
  return {};
}

}  // namespace

std::string entity_of(const Message& request) {
  return find_entity(request, 1);
}

std::string caller_key(const AuthInfo& caller, const std::string& remote_address) {
  if (!caller.token_id.empty()) return ":token:" + caller.token_id;
  return ":ip:" + net::network_of(remote_address);
}

Status CallLimits::check_unary(const Call& call, const Message& request, const Tell& tell) const {
  if (!limiter_) return {};
  const auto name = "grpc:method:/" + std::string(call.method);
  const auto limit = limiter_->limit({name, "grpc:method"});
  if (!limit) return {};
  const auto entity = entity_of(request);
  return check(limit, entity.empty() ? name : name + ":" + entity, call, tell);
}

Status CallLimits::check_stream(const Call& call, const Tell& tell) const {
  if (!limiter_) return {};
  const auto name = "grpc:stream:accept:/" + std::string(call.method);
  const auto limit = limiter_->limit({name, "grpc:stream:accept"});
  return limit ? check(limit, name, call, tell) : Status();
}

net::RateLimit CallLimits::of_messages(const Call& call, std::string& per_stream) const {
  if (!limiter_) return {};
  const auto name = "grpc:stream:up:/" + std::string(call.method);
  per_stream = name + ":id:" + call.request_id;
  return limiter_->limit({name, "grpc:stream:up"});
}

}  // namespace ff::api
