// One inspection's answer while its parts come in: a JSON document whose parts say `timeout` until
// an actor has answered for them. Not the parts' content (json.hpp).
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "actors/support/reply.hpp"
#include "net/http/handler.hpp"
#include "protocol/base/result.hpp"

namespace ff::app {

/// What a part says that nobody has answered for.
inline constexpr std::string_view part_timeout = "timeout";

/// Thread safe. The response is written when the last holder lets go of it: every outstanding part
/// holds it.
class InspectAnswer {
 public:
  /// `on_end` is called when the response has been written.
  InspectAnswer(std::shared_ptr<net::http::ResponseWriter> writer, std::function<void()> on_end)
      : writer_(std::move(writer)), on_end_(std::move(on_end)) {}
  ~InspectAnswer();
  InspectAnswer(const InspectAnswer&) = delete;
  InspectAnswer& operator=(const InspectAnswer&) = delete;

  /// The document as it is when nobody answers.
  void begin(boost::json::object document);
  /// Puts a value in the place of the one at `pointer` (RFC 6901), which exists.
  void put(std::string_view pointer, boost::json::value value);
  /// Adds to the array at `pointer`, which exists.
  void append(std::string_view pointer, boost::json::value value);
  /// The whole answer is this error; the first one counts.
  void refuse(const Error& error);

 private:
  std::shared_ptr<net::http::ResponseWriter> writer_;
  std::function<void()> on_end_;
  std::mutex mutex_;
  boost::json::value document_;
  std::optional<Error> error_;
};
using InspectAnswerPtr = std::shared_ptr<InspectAnswer>;

/// How an error looks as a part: `timeout`, or its namespace, name and message.
boost::json::value part_of(const Error& error);

/// A reply that fills a part with `to_json(value)`, or with the error.
template <class T, class ToJson>
actors::Reply<T> fills(const InspectAnswerPtr& answer, std::string pointer, ToJson to_json) {
  return [answer, pointer = std::move(pointer), to_json](const Result<T>& result) {
    answer->put(pointer, result ? boost::json::value(to_json(*result)) : part_of(result.error()));
  };
}

}  // namespace ff::app
