// Api: calls of the server's methods with messages of any type. A port: commands are tested with a
// double. Not channels and credentials; see grpc_api.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "app/cli/config/config.hpp"
#include "protocol/base/result.hpp"

namespace google::protobuf {
class Message;
}

namespace ff::cli {

inline constexpr ErrorDef component_disabled{"cli", "component_disabled", Code::failed_precondition,
                                             "the {component} is disabled in the configuration"};
inline constexpr ErrorDef canceled{"cli", "canceled", Code::cancelled, "canceled"};

/// What an answer has beside its message.
struct AnswerFacts {
  std::optional<std::uint64_t> total_count;  ///< Header `x-total-count`.
};

class Api {
 public:
  virtual ~Api() = default;

  /// Calls `method` (`ApplicationRegistry/Get`, or a full name) and waits. Again when it was
  /// refused or not answered, as the configuration says. Any thread. Errors: the server's,
  /// component_disabled, canceled.
  virtual Status call(std::string_view method, const google::protobuf::Message& request,
                      google::protobuf::Message& answer, AnswerFacts* facts) = 0;
  Status call(std::string_view method, const google::protobuf::Message& request,
              google::protobuf::Message& answer) {
    return call(method, request, answer, nullptr);
  }

  /// Calls `then` once, on any thread, and returns at once. `request` and `answer` must live until
  /// then. The same errors; no second attempt.
  using Then = std::function<void(Status)>;
  virtual void start(std::string_view method, const google::protobuf::Message& request,
                     google::protobuf::Message& answer, Then then) = 0;

  /// Calls a method with a stream of answers: `on_message` gets each, in `message`, and says
  /// whether to go on. Ok when the server or `on_message` ended the stream.
  struct Stream {
    std::string_view method;
    const google::protobuf::Message& request;
    /// Of a service that every component has; nothing: by the service's name.
    std::optional<Role> role = std::nullopt;
  };
  virtual Status stream(const Stream& stream, google::protobuf::Message& message,
                        const std::function<bool()>& on_message) = 0;

  /// From now on calls are made although the command was canceled: what was begun is put in order.
  virtual void begin_clean_up() {}
};

/// The component that has a method: by its service's name.
Role role_of(std::string_view method);
/// `network server`.
std::string_view name_of(Role role);

}  // namespace ff::cli
