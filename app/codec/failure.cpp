#include "app/codec/failure.hpp"

#include <js/ErrorReport.h>
#include <js/Exception.h>

#include <string>

namespace ff::codec {
namespace {

constexpr std::size_t message_size_max = 2048;

/// Its message and where it was thrown, as `Error: no such sensor at 12:7`.
std::string describe(JSContext* cx, const JS::ExceptionStack& exception) {
  JS::ErrorReportBuilder builder(cx);
  // Nothing of the script runs for it.
  if (!builder.init(cx, exception, JS::ErrorReportBuilder::NoSideEffects)) {
    JS_ClearPendingException(cx);
    return "the exception has no text";
  }
  std::string text = builder.toStringResult().c_str();
  if (text.size() > message_size_max) text.resize(message_size_max);
  const auto* report = builder.report();
  if (report != nullptr && report->lineno > 0)
    text += " at " + std::to_string(report->lineno) + ":" + std::to_string(report->column);
  return text;
}

}  // namespace

void tell_failure(JSContext* cx, const Stop& stop, formatter::Answer& answer) {
  JS::ExceptionStack exception(cx);
  const bool thrown = JS_IsExceptionPending(cx) && !JS_IsThrowingOutOfMemory(cx) &&
                      JS::StealPendingExceptionStack(cx, &exception);
  JS_ClearPendingException(cx);
  if (stop.timed_out) {
    answer.ending = formatter::Ending::timed_out;
  } else if (stop.out_of_memory || !thrown) {
    answer.ending = formatter::Ending::out_of_memory;
  } else {
    answer.ending = formatter::Ending::threw;
    answer.text = describe(cx, exception);
  }
}

}  // namespace ff::codec
