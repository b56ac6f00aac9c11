// Errors as API: a definition (namespace, name, code, message) and an occurrence with its
// attributes. Not for drop reasons of frames: a dropped frame is an outcome, see the component's
// outcome enum.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ff {

/// ON-WIRE: the canonical gRPC status codes, same numbers as grpc::StatusCode.
enum class Code : std::uint8_t {
  ok = 0,
  cancelled = 1,
  unknown = 2,
  invalid_argument = 3,
  deadline_exceeded = 4,
  not_found = 5,
  already_exists = 6,
  permission_denied = 7,
  resource_exhausted = 8,
  failed_precondition = 9,
  aborted = 10,
  out_of_range = 11,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  data_loss = 15,
  unauthenticated = 16,
};

/// A kind of error. Define it `inline constexpr` above the function that returns it, with namespace
/// and name as in the reference's error table (`pkg/networkserver`, `device_not_found`): clients
/// switch on them. `message` holds `{attribute}` placeholders; attributes it does not name are
/// still sent.
struct ErrorDef {
  std::string_view name_space;
  std::string_view name;
  Code code = Code::unknown;
  std::string_view message;
};

using AttributeValue =
    std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>>;

struct Attribute {
  std::string name;
  AttributeValue value;

  Attribute(std::string_view attribute_name, std::string_view text)
      : name(attribute_name), value(std::string(text)) {}
  Attribute(std::string_view attribute_name, const char* text)
      : name(attribute_name), value(std::string(text)) {}
  Attribute(std::string_view attribute_name, std::string text)
      : name(attribute_name), value(std::move(text)) {}
  Attribute(std::string_view attribute_name, bool flag) : name(attribute_name), value(flag) {}
  Attribute(std::string_view attribute_name, double number) : name(attribute_name), value(number) {}
  Attribute(std::string_view attribute_name, std::vector<std::string> list)
      : name(attribute_name), value(std::move(list)) {}
  template <class Int>
  requires(std::is_integral_v<Int> && !std::is_same_v<Int, bool>)
      Attribute(std::string_view attribute_name, Int number)
      : name(attribute_name), value(static_cast<std::int64_t>(number)) {}

  bool operator==(const Attribute&) const = default;
};

/// One occurrence of an error. A cheap value: copying shares the attributes. Never holds keys or
/// payloads.
class Error {
 public:
  explicit Error(const ErrorDef& def) : def_(&def) {}
  Error(const ErrorDef& def, std::vector<Attribute> attributes);

  /// The same error with the error that led to it.
  [[nodiscard]] Error caused_by(Error cause) &&;

  const ErrorDef& def() const noexcept { return *def_; }
  Code code() const noexcept { return def_->code; }
  std::string_view name() const noexcept { return def_->name; }
  const std::vector<Attribute>& attributes() const noexcept;
  /// Null when there is no cause.
  const Error* cause() const noexcept { return cause_.get(); }

  /// The definition's message with its placeholders filled in.
  std::string message() const;
  /// `error:<namespace>:<name> (<message>)`, as it travels in a gRPC status.
  std::string to_string() const;

  bool is(const ErrorDef& def) const noexcept {
    return def_ == &def || (def_->name == def.name && def_->name_space == def.name_space);
  }
  bool operator==(const Error& other) const noexcept;

 private:
  const ErrorDef* def_;
  std::shared_ptr<const std::vector<Attribute>> attributes_;
  std::shared_ptr<const Error> cause_;
};

/// The text of an attribute's value, as used in messages.
std::string to_string(const AttributeValue& value);

}  // namespace ff
