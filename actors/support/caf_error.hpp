// Our Error through CAF's: it rides whole in the context of one caf::error category.
#pragma once

#include <caf/error.hpp>
#include <caf/result.hpp>

#include "protocol/base/result.hpp"

namespace ff::actors {

/// What a caller sees when CAF itself failed the request.
inline constexpr ErrorDef request_timed_out{"pkg/errors", "deadline_exceeded",
                                            Code::deadline_exceeded, "deadline exceeded"};
inline constexpr ErrorDef receiver_down{"pkg/errors", "unavailable", Code::unavailable,
                                        "component is not available: {reason}"};

caf::error to_caf(const Error& error);
/// An error of ours as it was; one of CAF's as request_timed_out or receiver_down.
Error from_caf(const caf::error& error);

/// A Result as a handler's answer.
template <class T>
caf::result<T> to_caf(Result<T> result) {
  if (!result) return to_caf(result.error());
  return std::move(*result);
}
inline caf::result<void> to_caf(const Status& status) {
  if (!status) return to_caf(status.error());
  return caf::unit;
}

}  // namespace ff::actors
