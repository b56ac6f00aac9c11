#include "app/cli/error/server_error.hpp"

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>

#include "google/rpc/status.pb.h"
#include "ttn/lorawan/v3/error.pb.h"

namespace ff::cli {
namespace {

using ttn::lorawan::v3::ErrorDetails;

constexpr std::size_t text_size_max = 4096;
constexpr std::size_t attributes_max = 64;
constexpr int causes_max = 16;
/// The reference defines some thousand errors.
constexpr std::size_t definitions_max = 10'000;

constexpr ErrorDef unreadable_status{"grpc", "unreadable", Code::unknown, "{message}"};

std::string bounded(const std::string& text) {
  return text.substr(0, text_size_max);
}

/// A definition with the texts that its views are of.
struct Definition {
  std::string name_space;
  std::string name;
  std::string message;
  ErrorDef def;
};

/// Errors point to their definitions, so definitions that come from a server live as long as the
/// process. Any thread.
class Definitions {
 public:
  /// Null when there are too many.
  const ErrorDef* get(const std::string& name_space, const std::string& name, Code code,
                      const std::string& message) {
    const std::scoped_lock lock(mutex_);
    const auto key = std::tuple(name_space, name, code, message);
    if (const auto found = known_.find(key); found != known_.end()) return &found->second->def;
    if (known_.size() >= definitions_max) return nullptr;
    auto definition = std::make_unique<Definition>(Definition{name_space, name, message, {}});
    definition->def = {definition->name_space, definition->name, code, definition->message};
    return &known_.emplace(key, std::move(definition)).first->second->def;
  }

 private:
  std::mutex mutex_;
  std::map<std::tuple<std::string, std::string, Code, std::string>, std::unique_ptr<Definition>>
      known_;
};

Definitions& definitions() {
  static Definitions all;
  return all;
}

Code code_of(std::uint32_t number) {
  return number <= static_cast<std::uint32_t>(Code::unauthenticated) ? static_cast<Code>(number)
                                                                     : Code::unknown;
}

std::string text_of(const google::protobuf::Value& value) {
  return value.kind_case() == google::protobuf::Value::kStringValue ? bounded(value.string_value())
                                                                    : std::string();
}

Attribute attribute_of(const std::string& name, const google::protobuf::Value& value) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kNumberValue: {
      const auto number = value.number_value();
      constexpr double exact_max = 9'007'199'254'740'992.0;
      if (number > -exact_max && number < exact_max &&
          number == static_cast<double>(static_cast<std::int64_t>(number)))
        return {name, static_cast<std::int64_t>(number)};
      return {name, number};
    }
    case google::protobuf::Value::kBoolValue:
      return {name, value.bool_value()};
    case google::protobuf::Value::kListValue: {
      std::vector<std::string> list;
      for (const auto& item : value.list_value().values()) {
        if (list.size() < attributes_max) list.push_back(text_of(item));
      }
      return {name, std::move(list)};
    }
    default:
      return {name, text_of(value)};
  }
}

Error error_of(const ErrorDetails& details, Code outer, int causes) {
  std::vector<Attribute> attributes;
  for (const auto& [name, value] : details.attributes().fields()) {
    if (attributes.size() < attributes_max)
      attributes.push_back(attribute_of(bounded(name), value));
  }
  if (!details.correlation_id().empty())
    attributes.emplace_back(correlation_id_attribute, bounded(details.correlation_id()));
  const auto* def = definitions().get(bounded(details.namespace_()), bounded(details.name()),
                                      details.code() == 0 ? outer : code_of(details.code()),
                                      bounded(details.message_format()));
  if (def == nullptr)
    return Error(unreadable_status, {{"message", bounded(details.message_format())}});
  Error error(*def, std::move(attributes));
  if (!details.has_cause() || causes == 0) return error;
  return std::move(error).caused_by(error_of(details.cause(), Code::unknown, causes - 1));
}

std::string_view name_of(Code code) {
  static constexpr std::array<std::string_view, 17> names = {"ok",
                                                             "cancelled",
                                                             "unknown",
                                                             "invalid_argument",
                                                             "deadline_exceeded",
                                                             "not_found",
                                                             "already_exists",
                                                             "permission_denied",
                                                             "resource_exhausted",
                                                             "failed_precondition",
                                                             "aborted",
                                                             "out_of_range",
                                                             "unimplemented",
                                                             "internal",
                                                             "unavailable",
                                                             "data_loss",
                                                             "unauthenticated"};
  return names[static_cast<std::size_t>(code)];
}

}  // namespace

Error error_of(const ErrorDetails& details) {
  return error_of(details, Code::unknown, causes_max);
}

Error error_of(const grpc::Status& status) {
  const auto code = code_of(static_cast<std::uint32_t>(status.error_code()));
  google::rpc::Status rich;
  if (rich.ParseFromString(status.error_details())) {
    for (const auto& detail : rich.details()) {
      ErrorDetails details;
      if (detail.Is<ErrorDetails>() && detail.UnpackTo(&details))
        return error_of(details, code, causes_max);
    }
  }
  const auto* def = definitions().get("grpc", std::string(name_of(code)), code, "{message}");
  return Error(def == nullptr ? unreadable_status : *def,
               {{"message", bounded(status.error_message())}});
}

}  // namespace ff::cli
